"""Who asks: accounts of an issuer or of this machine, and the people behind them."""
