package config

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/pelletier/go-toml/v2"

	"warroom/model"
	"warroom/model/namedfile"
)

// Config is the content of config.toml. Flags override it.
type Config struct {
	As        string     `toml:"as"`           // handle
	Data      string     `toml:"data"`         // data directory
	Server    string     `toml:"server"`       // external NATS server; if "", the embedded hub
	Creds     string     `toml:"creds"`        // NATS credentials file
	NATS      string     `toml:"nats"`         // address at which serve accepts logins; if "", none
	CA        string     `toml:"ca"`           // certificate authority of the server, PEM
	Playbooks string     `toml:"playbooks"`    // directory of the user's own playbooks
	Playbook  string     `toml:"playbook"`     // playbook for new rooms
	Evidence  SecretFrom `toml:"evidence_key"` // passphrase that encrypts evidence, shared by those who use it
	AtRest    SecretFrom `toml:"at_rest"`      // passphrase or key that encrypts files on this disk
	HTTP      HTTP       `toml:"http"`         // HTTP server of serve, for alerts
	Metrics   Metrics    `toml:"metrics"`      // metrics of serve
	Log       Log        `toml:"log"`          // log of serve
	Screen    Screen     `toml:"screen"`
	Contacts  []Contact  `toml:"contact"` // people to call for purposes that no service covers
	PagerDuty PagerDuty  `toml:"pagerduty"`
	Notify               // services that receive updates
}

// Screen configures the full-screen program.
type Screen struct {
	Zone  string `toml:"zone"`  // time zone of the displayed times; if "", the system's
	Mouse bool   `toml:"mouse"` // use the mouse
	Bell  bool   `toml:"bell"`  // ring the bell when a clock runs out or the user is mentioned
	ASCII bool   `toml:"ascii"` // draw with ASCII only
	Plain bool   `toml:"plain"` // plain sentences without boxes
	Theme string `toml:"theme"` // colors, one of Themes
}

// ThemeAuto is the theme that suits the terminal's own colors.
const ThemeAuto = "auto"

// Themes returns the values of screen.theme.
func Themes() []string {
	return []string{ThemeAuto, "terminal", "dark", "light", "high-contrast", "mono"}
}

// DefaultConfig returns the configuration without a file.
func DefaultConfig() Config {
	return Config{
		Data:      filepath.Join(homed("XDG_DATA_HOME", xdg.DataHome), "warroom"),
		Playbooks: filepath.Join(homed("XDG_CONFIG_HOME", xdg.ConfigHome), "warroom", "playbooks"),
		Playbook:  "security",
		HTTP:      HTTP{Limit: 32, Once: 4},
		Log:       Log{Format: "plain", Level: "info"},
		Screen:    Screen{Bell: true, Theme: ThemeAuto},
		PagerDuty: PagerDuty{Poll: "30s"},
		Notify:    defaultNotify(),
	}
}

// ConfigPath returns the path of the file if no flag names one.
func ConfigPath() string {
	return filepath.Join(homed("XDG_CONFIG_HOME", xdg.ConfigHome), "warroom", "config.toml")
}

// homed returns a directory of the user. The environment variable env overrides it.
// If neither env nor HOME is set, as in a service or under env -i, it uses the home
// directory from the system's user database, since the XDG library would use /.
func homed(env, dir string) string {
	if xdg.Home != "/" || os.Getenv("HOME") != "" || os.Getenv(env) != "" {
		return dir
	}
	u, err := user.Current()
	if err != nil || u.HomeDir == "" {
		return dir
	}
	rel, err := filepath.Rel("/", dir)
	if err != nil {
		return dir
	}
	return filepath.Join(u.HomeDir, rel)
}

// maxConfig is the maximum size of a configuration file in bytes.
const maxConfig = 256 << 10

// sameKeys returns two keys of one table that differ only in their case, or "". The decoder
// would use the last of them.
func sameKeys(b []byte) (first, again string) {
	var all map[string]any
	if toml.Unmarshal(b, &all) != nil {
		return "", "" // the decoder reports where
	}
	var search func(t map[string]any, at string) bool
	search = func(t map[string]any, at string) bool {
		seen := map[string]string{}
		for _, k := range slices.Sorted(maps.Keys(t)) {
			if old := seen[strings.ToLower(k)]; old != "" {
				first, again = at+old, at+k
				return true
			}
			seen[strings.ToLower(k)] = k
			if sub, ok := t[k].(map[string]any); ok && search(sub, at+k+".") {
				return true
			}
		}
		return false
	}
	search(all, "")
	return first, again
}

// ReadConfig reads a file over the defaults. It returns an error with the position
// for an unknown key or a value of the wrong type, and an error if the file cannot
// be read or others may write to it.
func ReadConfig(path string) (Config, error) {
	c := DefaultConfig()
	st, err := os.Stat(path)
	if err != nil {
		return c, model.Refuse(model.Invalid,
			"the configuration %s cannot be read: %s; check the path or leave out --config", path,
			model.FileReason(err))
	}
	if othersWrite(st) {
		return c, model.Refuse(model.Forbidden,
			"others may write to the configuration %s, which can make programs run as you; run chmod go-w %s",
			path, path)
	}
	if uid, other := otherOwner(st); other {
		return c, model.Refuse(model.Forbidden,
			"the configuration %s belongs to user %d, who can make programs run as you; make a copy of your own", path,
			uid)
	}
	if st.IsDir() {
		return c, model.Refuse(model.Invalid, "the configuration %s is a directory; name a file", path)
	}
	if st.Size() > maxConfig {
		return c, model.Refuse(model.Invalid, "the configuration %s is larger than %d bytes", path, maxConfig)
	}
	b, err := namedfile.Read(path, maxConfig)
	if errors.Is(err, namedfile.ErrTooLarge) { // a device or a pipe does not state its size
		return c, model.Refuse(model.Invalid, "the configuration %s is larger than %d bytes", path, maxConfig)
	}
	if err != nil {
		return c, model.Refuse(model.Invalid, "the configuration %s cannot be read: %s", path, model.FileReason(err))
	}
	b = bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF")) // some editors write a byte order mark
	if bytes.HasPrefix(b, []byte("\xFF\xFE")) || bytes.HasPrefix(b, []byte("\xFE\xFF")) {
		return c, model.Refuse(model.Invalid, "the configuration %s is in UTF-16; save it as UTF-8", path)
	}
	if a, again := sameKeys(b); a != "" {
		return c, model.Refuse(model.Invalid, "%s: %s and %s are the same key; remove one of them", path, a, again)
	}
	d := toml.NewDecoder(strings.NewReader(string(b))).DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, badConfig(path, b, err)
	}
	if strings.TrimSpace(c.Data) == "" {
		return c, model.Refuse(model.Invalid, "%s: data is empty; name a directory, or remove the line", path)
	}
	if err := c.PagerDuty.check(path); err != nil {
		return c, err
	}
	if err := c.Notify.check(path); err != nil {
		return c, err
	}
	if _, err := c.Screen.TimeZone(); err != nil {
		return c, model.Refuse(model.Invalid, "%s: screen.zone is not a time zone: %s; write it as "+
			"Europe/Istanbul or UTC",
			path, c.Screen.Zone)
	}
	if !slices.Contains(Themes(), c.Screen.Theme) {
		return c, model.Refuse(model.Invalid, "%s: screen.theme is %q; write one of %s", path, c.Screen.Theme,
			strings.Join(Themes(), ", "))
	}
	return c, nil
}

// badConfig returns an error with the position of a fault in the file.
func badConfig(path string, raw []byte, err error) error {
	var strict *toml.StrictMissingError
	var where *toml.DecodeError
	switch {
	case errors.As(err, &strict) && len(strict.Errors) > 0:
		e := strict.Errors[0]
		row, col := e.Position()
		return model.Refuse(model.Invalid, "%s:%d:%d: there is no key %s; config.example.toml lists them", path, row,
			col, strings.Join(e.Key(), "."))
	case errors.As(err, &where):
		row, col := where.Position()
		return model.Refuse(model.Invalid, "%s:%d:%d: %s; config.example.toml has examples", path, row, col,
			tomlReason(raw, where))
	}
	return model.Refuse(model.Invalid, "%s: %s", path, err)
}

// tomlReason describes a TOML error in terms of the file instead of Go types.
func tomlReason(raw []byte, err *toml.DecodeError) model.Safe {
	if want, got := wrongType(raw, err.Key()); want != "" {
		return model.Safef("%s takes a %s, not a %s", strings.Join(err.Key(), "."), want, got)
	}
	return model.CleanLine(strings.TrimPrefix(err.Error(), "toml: "))
}

// TimeZone returns the time zone of the screen. It returns an error if the zone is
// not known.
func (s Screen) TimeZone() (*time.Location, error) {
	if s.Zone == "" {
		return time.Local, nil
	}
	return time.LoadLocation(s.Zone)
}
