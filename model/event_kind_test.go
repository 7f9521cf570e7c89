package model_test

import (
	"testing"

	"warroom/model"
)

// TestMayBeOf: the test that rules out messages without decoding them agrees with the decoder,
// however the kind is written.
func TestMayBeOf(t *testing.T) {
	for kind, want := range map[string]bool{"key.struck": true, `key.s\u0074ruck`: true, `\u006bey.struck`: true,
		`key\u002Estruck`: true, "key.admitted": false, "entry.noted": false} {
		payload := []byte(`{"v":1,"room":"r","id":"i","kind":"` + kind + `","at":"2026-12-01T00:00:00Z","body":{}}`)
		e, err := model.DecodeEvent(payload)
		if err != nil {
			t.Fatalf("decode %s: %v", kind, err)
		}
		is := e.Kind == model.KindKeyRevoked
		if got := model.MayBeOf(payload, model.KindKeyRevoked); got != want || is != want {
			t.Errorf("%s: got %v for the kind %s, want %v", kind, got, e.Kind, want)
		}
	}
}
