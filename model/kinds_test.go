package model

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

// TestEveryKind: each kind has a word for the screen, and its body decodes to the
// same type and kind.
func TestEveryKind(t *testing.T) {
	for k, mk := range registry {
		if _, ok := words[k]; !ok {
			t.Errorf("%s has no word", k)
		}
		d, err := NewDraft("id", Actor{Handle: "ana"}, Act{Body: mk()}, time.Unix(0, 0))
		if err != nil {
			t.Errorf("%s: %v", k, err)
			continue
		}
		raw, err := d.Event("room").Encode()
		if err != nil {
			t.Errorf("%s: %v", k, err)
			continue
		}
		e, err := DecodeEvent(raw)
		if err != nil {
			t.Errorf("%s: %v", k, err)
			continue
		}
		b, err := e.DecodeBody()
		if err != nil || KindOf(b) != k || reflect.TypeOf(b) != reflect.TypeOf(mk()) {
			t.Errorf("%s came back as %T %v: %v", k, b, b, err)
		}
	}
	for k := range words {
		if !k.Known() {
			t.Errorf("the word of %s has no kind", k)
		}
	}
}

// wordless lists the kinds without free text. A new kind has to be listed here, or
// its body needs a method free that returns its texts, so that [EntryRedacted] can
// remove them.
var wordless = []Kind{
	KindIncidentDeclared, KindPlanAdopted, KindKindChanged, KindLobbyOpened,
	KindPhaseEntered, KindPhaseLeft, KindRoleAssumed, KindRoleConfirmed, KindRoleRenounced,
	KindItemAssigned, KindEntryPinned, KindAlertMoved,
	KindKeyAdmitted, KindRightChanged, KindLogResumed, KindEntryRedacted, KindPageAnswered,
}

func TestWhatIsText(t *testing.T) {
	for k := range registry {
		if k.Redactable() == slices.Contains(wordless, k) {
			t.Errorf("%s: is there text in it that can be redacted (%v), or is it wordless?", k, k.Redactable())
		}
	}
}
