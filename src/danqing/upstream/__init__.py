"""What every provider that speaks HTTP shares: its settings, keys and tickets, patience, and one careful client."""
