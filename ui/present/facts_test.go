package present

import (
	"testing"

	"warroom/model"
)

// TestWhoseWordASignatureIs: the page of a guest's line explains that the hub holds the
// signing key, and names the guest's own key.
func TestWhoseWordASignatureIs(t *testing.T) {
	r := model.NewRoom()
	r.Members = map[string]model.Member{"k1": {Handle: "bo", Via: "ssh SHA256:abc"},
		"k2": {Handle: "ana", Via: "socket"}, "k3": {Handle: "hub", Hub: true}}
	for key, want := range map[string]string{
		"k1": "by the key that the hub holds for this guest, who connected over SSH with SHA256:abc: the hub " +
			"vouches for them",
		"k2": "by ana's own key", "k3": "by the hub's own key", "k4": "by a key that was not admitted to the room",
	} {
		if got := signedBy(r, &model.Line{Key: key}).String(); got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
	if got := signedBy(r, &model.Line{Key: "k1", Fault: true}).String(); got != "it does not verify; see \"refused\"" {
		t.Errorf("a line that does not verify: got %q, want that it does not", got)
	}
}

// TestWaysInWords: how somebody wrote or is connected is in words, and not the name that the record
// has for it.
func TestWaysInWords(t *testing.T) {
	for via, want := range map[string]string{"ssh": "bo, over SSH", "tui": "bo, in a terminal",
		"cli": "bo, on the command line", "": "bo", "bo": "bo", "demo": "bo, via demo"} {
		if got := writtenBy(&model.Line{By: "bo", Via: via}).String(); got != want {
			t.Errorf("via %q: got %q, want %q", via, got, want)
		}
	}
	for p, want := range map[*model.Presence]string{
		{Via: "ssh", From: "192.0.2.7"}: "over SSH from 192.0.2.7", {Via: "ssh"}: "over SSH",
		{Via: "tui", From: "192.0.2.7"}: "from 192.0.2.7"} {
		if got := p.Way().String(); got != want {
			t.Errorf("%+v: got %q, want %q", p, got, want)
		}
	}
}
