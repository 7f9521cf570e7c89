package cli

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/pelletier/go-toml/v2"

	"warroom/model"
)

// Config is the file config.toml. Flags win over it.
type Config struct {
	As        string     `toml:"as"`           // handle
	Data      string     `toml:"data"`         // data directory
	Server    string     `toml:"server"`       // external NATS server; "": the embedded hub
	Creds     string     `toml:"creds"`        // NATS credentials file
	NATS      string     `toml:"nats"`         // address that serve opens to others; "": none
	CA        string     `toml:"ca"`           // authority of the server's certificate, PEM
	Playbooks string     `toml:"playbooks"`    // directory of playbooks of one's own
	Playbook  string     `toml:"playbook"`     // the playbook to declare by
	Evidence  SecretFrom `toml:"evidence_key"` // passphrase that encrypts evidence, shared by those who handle it
	AtRest    SecretFrom `toml:"at_rest"`      // passphrase or key that encrypts what lies on this disk
	HTTP      HTTP       `toml:"http"`         // where serve takes alerts by HTTP
	Screen    Screen     `toml:"screen"`
	Contacts  []Contact  `toml:"contact"` // whom to call where no service says it
	PagerDuty PagerDuty  `toml:"pagerduty"`
	Notify               // the places to which updates go
}

// Screen is how the full-screen program looks.
type Screen struct {
	Zone  string `toml:"zone"`  // time zone of the times shown; "": the system's
	Mouse bool   `toml:"mouse"` // take the mouse
	Bell  bool   `toml:"bell"`  // ring when a clock runs out or one is named
	ASCII bool   `toml:"ascii"` // draw with ASCII only
	Plain bool   `toml:"plain"` // plain sentences, no boxes
}

// DefaultConfig is what holds without a file.
func DefaultConfig() Config {
	return Config{
		Data:      filepath.Join(xdg.DataHome, "warroom"),
		Playbooks: filepath.Join(xdg.ConfigHome, "warroom", "playbooks"),
		Playbook:  "security",
		HTTP:      HTTP{Limit: 32, Once: 4},
		Screen:    Screen{Bell: true},
		PagerDuty: PagerDuty{Poll: "30s"},
		Notify:    defaultNotify(),
	}
}

// ConfigPath is where the file is looked for when no flag names one.
func ConfigPath() string { return filepath.Join(xdg.ConfigHome, "warroom", "config.toml") }

// maxConfig is the largest configuration file in bytes.
const maxConfig = 256 << 10

// ReadConfig reads a file over the defaults. A key that is not known, a wrong
// type or a file that cannot be read is an error with its place.
func ReadConfig(path string) (Config, error) {
	c := DefaultConfig()
	st, err := os.Stat(path)
	if err != nil {
		return c, model.Refuse(model.Invalid, "the configuration %s cannot be read: %s; check the path or leave --config out", path, reason(err))
	}
	if st.Size() > maxConfig {
		return c, model.Refuse(model.Invalid, "the configuration %s is larger than %d bytes", path, maxConfig)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return c, model.Refuse(model.Invalid, "the configuration %s cannot be read: %s; check who may read it", path, reason(err))
	}
	d := toml.NewDecoder(strings.NewReader(string(b))).DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, badConfig(path, err)
	}
	if err := c.PagerDuty.check(path); err != nil {
		return c, err
	}
	if err := c.Notify.check(path); err != nil {
		return c, err
	}
	if _, err := c.Screen.zone(); err != nil {
		return c, model.Refuse(model.Invalid, "%s: screen.zone is no time zone: %s; write it as Europe/Istanbul or UTC", path, c.Screen.Zone)
	}
	return c, nil
}

// badConfig says where a file is wrong.
func badConfig(path string, err error) error {
	var strict *toml.StrictMissingError
	var where *toml.DecodeError
	switch {
	case errors.As(err, &strict) && len(strict.Errors) > 0:
		e := strict.Errors[0]
		row, col := e.Position()
		return model.Refuse(model.Invalid, "%s:%d:%d: there is no key %s; config.example.toml lists them", path, row, col, strings.Join(e.Key(), "."))
	case errors.As(err, &where):
		row, col := where.Position()
		return model.Refuse(model.Invalid, "%s:%d:%d: %s; config.example.toml shows the form", path, row, col, tomlReason(where))
	}
	return model.Refuse(model.Invalid, "%s: %s", path, err)
}

// wrongType is how the decoder words a value of another type.
var wrongType = regexp.MustCompile(`cannot decode TOML (\w+) into .* of type (\w+)`)

// tomlReason says what is wrong with a line in the words of the file, not of
// the program.
func tomlReason(err *toml.DecodeError) model.Safe {
	text := strings.TrimPrefix(err.Error(), "toml: ")
	if m := wrongType.FindStringSubmatch(text); m != nil {
		return model.Safef("%s takes a %s, not a value of type %s", strings.Join(err.Key(), "."), m[2], m[1])
	}
	return model.CleanLine(text)
}

// zone returns the time zone of the screen.
func (s Screen) zone() (*time.Location, error) {
	if s.Zone == "" {
		return time.Local, nil
	}
	return time.LoadLocation(s.Zone)
}

// reason is the bare reason of a file error, without its path.
func reason(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
