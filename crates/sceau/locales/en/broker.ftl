# Challenges: who waits, and why.
