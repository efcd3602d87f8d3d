"""What the peers in Python have in common: inputs, tasks, workers, verification.  Each library adds how it shares
tasks among workers (library.py)."""
