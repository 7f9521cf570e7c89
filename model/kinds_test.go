package model

import (
	"reflect"
	"testing"
	"time"
)

// TestEveryKind: each kind has a word of its own family for the screen, and its
// body comes back from the wire as the same type and kind.
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
		if err != nil || b.Kind() != k || reflect.TypeOf(b) != reflect.TypeOf(mk()) {
			t.Errorf("%s came back as %T %v: %v", k, b, b, err)
		}
	}
	for k := range words {
		if !k.Known() {
			t.Errorf("the word of %s has no kind", k)
		}
	}
}
