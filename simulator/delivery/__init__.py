"""POSTs to the bot: where they may go, how one is sent, and what follows from how it ended."""
