package config

// Metrics configures the metrics of serve, which are off without an address.
type Metrics struct {
	Addr   string `toml:"addr"`   // such as 127.0.0.1:9321
	Public bool   `toml:"public"` // allow other interfaces, although there is no login
}

// Log configures the log of serve.
type Log struct {
	Format string `toml:"format"` // plain, text or json
	Level  string `toml:"level"`  // debug, info, warn or error
}
