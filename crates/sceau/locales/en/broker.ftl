# Challenges: who waits, and why.
authority-forgot = Restart recognised, challenges forgotten
