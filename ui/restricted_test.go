package ui_test

import (
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/uitest"
)

// TestRestrictedIsSeen: the form can restrict a room, and the word is shown in the room,
// on the page of people and in the list.
func TestRestrictedIsSeen(t *testing.T) {
	h := uitest.NewHub()
	s := uitest.Open(t, h, "ana", 100, 30)
	s.See("Declare an incident").See("SEV-1").Type("An insider").Key(tcell.KeyUp, tcell.KeyUp, tcell.KeyUp).Type("1")
	s.Key(tcell.KeyTab, tcell.KeyTab, tcell.KeyTab, tcell.KeyTab, tcell.KeyTab).See("> restrict to")
	s.Type(
		"@bo but").See(
		`"but" is not a person; write the people as @bo @cy`).Mod(tcell.KeyEnter, 0,
		tcell.ModAlt).See(`! "but" is not a person`)
	for range 3 {
		s.Key(tcell.KeyBackspace2)
	}
	s.Type("@C/D").Mod(tcell.KeyEnter, 0, tcell.ModAlt).See("\"c/d\" is not a handle for a person")
	for range 3 {
		s.Key(tcell.KeyBackspace2)
	}
	s.Type("cy").See("= @ana @bo @cy").Mod(tcell.KeyEnter, 0, tcell.ModAlt).See("RESTRICTED")
	s.Key(tcell.KeyF4).See("RESTRICTED: only ana, bo, cy may see this room").Key(tcell.KeyEsc)
	s.Key(tcell.KeyF5).See("RESTRICTED An insider")
}

// TestPutOut: a person who may no longer see the room gets the reason, in the list.
func TestPutOut(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "cy", 100, 30)
	s.See("runner isolated").Key(tcell.KeyF4).See("Roles and people")
	h.PutOut(short, "cy", model.Lit("inc-1 was restricted, goodbye"))
	s.See("warroom  rooms").See("! inc-1 was restricted, goodbye")
}

// TestWhoCameAndLeft: a passing message shows who came and left. Handles and origins are
// shown as plain text.
func TestWhoCameAndLeft(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "ana", 100, 30)
	s.See("runner isolated")
	h.Clock.Add(10 * time.Second)
	h.Seen(short,
		model.Presence{Handle: "eve", Key: "k", Via: "ssh", From: "192.0.2.7\x1b[2J", LastSeen: h.Clock.Now()})
	s.See("eve joined over SSH").Key(tcell.KeyF4).See("over SSH from 192.0.2.7^[[2J").Key(tcell.KeyEsc)
	h.Seen(short)
	s.See("eve left")
	h.Clock.Add(10 * time.Second)
	h.Seen(short)
	s.Gone("eve left")
}
