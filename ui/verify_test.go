package ui_test

import (
	"context"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/uitest"
	"warroom/ui/view"
)

// sealedAt returns a checkpoint that bo and cy cosigned.
func sealedAt(h *uitest.Hub) model.Sealed {
	at := h.Clock.Now().Add(-40 * time.Second)
	return model.Sealed{Text: "warroom/01KAE8W000room\n14\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", Size: 14,
		At:  at,
		Key: "8vKZ0HubHubHubHubHubHubHubHubHubHubHubHubHu", Seen: "bo, cy", Upto: 14, By: "bo, cy",
		Last: at.Add(2 * time.Second)}
}

// TestHeaderShowsRecordState: the header shows the state of the record in one word.
func TestHeaderShowsRecordState(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 100, 24)
	s.See("record ok")
	h.SetProof(model.Proof{Pending: true, Checked: 410, Total: 1000})
	s.See("record pending 41%")
	h.SetProof(model.Proof{Sealed: sealedAt(h)})
	s.See("record cosigned")
	old := sealedAt(h)
	old.Last = old.At.Add(-time.Hour) // of a log that has grown since
	h.SetProof(model.Proof{Sealed: old})
	s.See("record ok")
	h.SetProof(model.Proof{Bad: 3})
	s.See("RECORD BAD 3")
	h.SetProof(model.Proof{Alarm: model.Lit("the hub signed a log other than this terminal's")})
	s.See("RECORD DIFFERS").Type(":verify").Key(tcell.KeyEnter).See("two conflicting records: the hub signed "+
		"a log other",
		"longer cosigns")
}

// TestVerifyPage: the page shows what is known at once, the result of verifying the
// record, and the checkpoint, which a key copies.
func TestVerifyPage(t *testing.T) {
	h, _ := busy(t)
	h.SetProof(model.Proof{Checked: 14, Total: 14, Sealed: sealedAt(h)})
	ready, asked := make(chan bool), make(chan string, 1)
	s := uitest.Open(t, h, "bo", 80, 40, func(o *ui.Options) {
		o.Verify = func(_ context.Context, short string) (view.Verified, error) {
			asked <- short
			<-ready
			return view.Verified{Head: model.Lit("room 01KAE8W000ROOM: Deploy key in a public CI log, 14 entries"),
				Good: []model.Safe{model.Lit("every entry is signed by its author")},
				Open: []model.Safe{model.Lit("the owners of the keys are not proven: ana declared the room with the " +
					"key 8vKZ0")}}, nil
		}
	})
	s.See("cosigned").Type(":verify").Key(tcell.KeyEnter).See("being read and verified ...")
	if got := <-asked; got != "inc-1" {
		t.Errorf("%s is checked", got)
	}
	close(ready)
	golden(t, "verify.80x40", s.See("the owners of the keys").Text())
	goldenAtSizes(t, s, "verify", "The record")
	if got := s.Screen.GetClipboardData(); got != nil {
		t.Errorf("got %q before a key was pressed", got)
	}
	s.Type("y").See("sent to the clipboard: the checkpoint")
	if got, want := string(s.Screen.GetClipboardData()), sealedAt(h).Text; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestVerifyPageWithout: the page without a checkpoint and without verification.
func TestVerifyPageWithout(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.Type(":verify").Key(tcell.KeyEnter).See("none yet: a hub signs",
		"not available here").Type("y").See("there is no checkpoint yet")
	s.Key(tcell.KeyEsc).Gone("The record")
}
