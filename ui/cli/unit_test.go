package cli

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestUnitStartsWhatThereIs: the program accepts the command of the systemd unit.
func TestUnitStartsWhatThereIs(t *testing.T) {
	raw, err := os.ReadFile("../../docs/operate/warroom.service")
	if err != nil {
		t.Fatalf("read the unit: got %v, want no error", err)
	}
	m := regexp.MustCompile(`(?m)^ExecStart=/usr/bin/warroom (.+)$`).FindStringSubmatch(string(raw))
	if m == nil {
		t.Fatalf("unit: got no ExecStart of /usr/bin/warroom, want one")
	}
	c, rest, err := rootCmd(&app{}).Find(strings.Fields(m[1]))
	if err != nil || c.Name() != "serve" {
		t.Fatalf("ExecStart=%s: got the command %q (%v), want serve", m[1], c.Name(), err)
	}
	if err := c.ParseFlags(rest); err != nil {
		t.Errorf("flags of ExecStart=%s: got %v, want flags that serve has", m[1], err)
	}
	for _, want := range []string{"Type=notify", "WatchdogSec=", "NoNewPrivileges=yes", "ProtectSystem=strict",
		"CapabilityBoundingSet=\n", "StateDirectoryMode=0700"} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("unit: got no %s, want it", want)
		}
	}
}

// TestGuestsHaveNoBackup: a guest can neither write nor restore a backup.
func TestGuestsHaveNoBackup(t *testing.T) {
	for _, name := range []string{"backup", "restore"} {
		for _, c := range guestRootCmd(&app{}).Commands() {
			if c.Name() == name {
				t.Errorf("commands of a guest: got %s, want it for who runs the hub alone", name)
			}
		}
		if slices.Contains(guestCommands, name) {
			t.Errorf("words of a guest: got %s, want it for who runs the hub alone", name)
		}
	}
}
