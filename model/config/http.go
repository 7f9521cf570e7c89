package config

// HTTP configures the HTTP server of serve, which is off without an address.
type HTTP struct {
	Addr   string     `toml:"addr"`    // such as 127.0.0.1:8080; other interfaces need a certificate
	Cert   string     `toml:"cert"`    // PEM file
	Key    string     `toml:"key"`     // PEM file of its private key
	Limit  int        `toml:"limit"`   // maximum size of a body in MB
	Once   int        `toml:"at_once"` // alert bodies and messages that are processed at the same time
	Token  SecretFrom `toml:"token"`   // bearer token of senders
	Sign   SecretFrom `toml:"sign"`    // key with which senders sign
	GitHub SecretFrom `toml:"github"`  // the secret of GitHub's webhooks
}
