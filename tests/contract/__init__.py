"""The contract with clients, over real sockets: every dialect as its own clients speak it."""
