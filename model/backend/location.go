package backend

import (
	"warroom/model"
	"warroom/model/config"
)

// Location determines which hub to open, and as whom.
type Location struct {
	Data   string // data directory
	Server string // external server; if "", the embedded hub
	Creds  string
	CA     string
	Handle string
	Via    string       // tui, wall, cli, hub, demo
	Listen string       // TCP address to open to others; if "", none
	Named  bool         // Handle was given by the user, not derived
	AtRest model.Secret // encrypts files on this disk; if empty, they are not encrypted

	Evidence model.Secret // encrypts evidence before it leaves this process; if empty, it is not encrypted

	// Readings is the number of alert files that are read at the same time; if 0, 4.
	Readings int

	// Plan returns the plan of the lobby that this process hosts.
	Plan func() (*model.Plan, error)

	// Forget removes redacted texts from the files that clients keep in Data. box
	// decrypts them.
	Forget func(texts []string, box model.Sealer) error

	// Bridges configures the bridges, which run if this process hosts the hub.
	Bridges config.Bridges

	// Logf logs what no caller receives as an error.
	Logf func(model.Safe)
	// HubLogf is Logf for the hub while this process hosts it; if nil, use Logf.
	HubLogf func(model.Safe)
}
