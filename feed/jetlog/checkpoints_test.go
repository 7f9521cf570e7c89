package jetlog_test

import (
	"testing"

	"warroom/feed/jetlog"
	"warroom/model"
	"warroom/model/signing"
)

// TestHubIsNoWitness: a cosignature counts if it is by a member under the member's own handle, and never if it is
// by the hub.
func TestHubIsNoWitness(t *testing.T) {
	r := &model.Room{Members: map[string]model.Member{"h": {Handle: "hub", Hub: true}, "b": {Handle: "bo"}}}
	for _, c := range []struct {
		handle, key string
		want        bool
	}{{"bo", "b", true}, {"hub", "h", false}, {"bo", "h", false}, {"ana", "b", false}, {"bo", "x", false}} {
		if got := jetlog.IsMember(r, signing.Cosignature{Handle: c.handle, Key: c.key}); got != c.want {
			t.Errorf("%s with the key %s: got %t, want %t", c.handle, c.key, got, c.want)
		}
	}
}
