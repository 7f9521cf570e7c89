package feed_test

import (
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/hubapi"
	"warroom/model"
	"warroom/model/signing"
)

// TestOnlyCosignaturesAreStored: what a login sends as a cosignature is refused, and
// stored nowhere, unless an admitted key made it of a checkpoint that the hub signed. The
// terminal of the same login cosigns.
func TestOnlyCosignaturesAreStored(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	s := feedtest.Enter(t, x.host, short)
	file := x.file(feed.Invite{Handle: "wim", Right: model.Watch})
	f := feedtest.With(t, x.as(file))
	feedtest.Enter(t, f, short)
	feedtest.Append(t, s, "one")
	if _, err := s.Append(soon(t), model.Act{Body: &model.SeverityChanged{To: "SEV-2", Reason: "less"}}); err != nil {
		t.Fatalf("append an entry: %v", err)
	}
	feedtest.Until(t, s, "wim has cosigned", func(v *model.View) bool {
		return strings.Contains(v.Proof.Sealed.By, "wim")
	})
	nc := rawLogin(t, file, "wim")
	_, stranger, err := ed25519.GenerateKey(nil)
	must(t, err)
	hub := s.Latest().Proof.Sealed.Text
	forged := signing.Checkpoint{Room: s.RoomID(), Size: 1}
	real, err := signing.PinText([]byte(hub))
	must(t, err)
	for name, note := range map[string][]byte{
		"junk":                              []byte(`{"seq":1}`),
		"an empty one":                      nil,
		"a checkpoint without signatures":   []byte(hub),
		"by a key that was never admitted":  real.Cosign("wim", stranger, time.Now()),
		"of another root, by a strange key": forged.Cosign("wim", stranger, time.Now()),
	} {
		for _, key := range []string{"x", signing.KeyText(stranger.Public().(ed25519.PublicKey)), f.Who().Key} {
			subject := hubapi.Ask(hubapi.VerbPut, "wim", short, "seal", key)
			r, err := nc.RequestMsg(&nats.Msg{Subject: subject, Data: note}, feedtest.DefaultTimeout)
			must(t, err)
			if err := hubapi.Refused(r); !errors.Is(err, hubapi.ErrInvalid) {
				t.Errorf("%s, at %.8s: got %v, want %v", name, key, err, hubapi.ErrInvalid)
			}
		}
	}
}
