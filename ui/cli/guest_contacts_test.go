package cli

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/config"
	"warroom/ui/sshd"
)

// TestGuestsContacts: a guest who may write sees whom to call. A guest with the right
// watch sees no numbers.
func TestGuestsContacts(t *testing.T) {
	host := &app{cfg: config.DefaultConfig()}
	host.cfg.Contacts = []config.Contact{{Purpose: "security", Name: "Ana K.", Phone: "+90 555 0100"}}
	for right, sees := range map[model.Right]bool{model.Watch: false, model.Write: true, model.Command: true} {
		g := guestHandler{host}.guest(nil, sshd.Visit{Who: sshd.Who{Handle: "bo", Right: right}})
		got := model.Safe{}
		for _, l := range g.contacts("", time.Now()) {
			got = model.Safef("%s %s", got, l)
		}
		if strings.Contains(got.String(), "555 0100") != sees {
			t.Errorf("%s: %q", right, got)
		}
	}
}
