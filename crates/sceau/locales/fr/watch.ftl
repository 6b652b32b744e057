# Ce qui est surveillé des autorités.
