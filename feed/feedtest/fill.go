package feedtest

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/oklog/ulid/v2"

	"warroom/model"
	"warroom/model/signing"
)

// Fill admits a new key to a room on an external server and writes n lines with it, as fast
// as the server accepts them.
func Fill(t testing.TB, url string, s model.RoomSession, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 4*DefaultTimeout+time.Duration(n)*time.Millisecond)
	defer cancel()
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatalf("make a key: %v", err)
	}
	key := signing.KeyText(pub)
	if _, err := s.Append(ctx,
		model.Act{Body: &model.KeyAdmitted{Key: key, Handle: "fill", Right: model.Write, Origin: "test"}}); err != nil {
		t.Fatalf("admit: %v", err)
	}
	nc, err := nats.Connect(url)
	if err != nil {
		t.Fatalf("connect to NATS: %v", err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc, jetstream.WithPublishAsyncMaxPending(2000))
	if err != nil {
		t.Fatalf("open JetStream: %v", err)
	}
	v := s.Latest()
	subject := "warroom." + v.Short + ".log.fill." + key
	prev := ""
	for i := range n {
		id := ulid.Make().String()
		e := model.Event{V: model.Version, Room: v.Room.ID, ID: id, Key: key, N: uint64(i) + 1, Prev: prev,
			Kind: model.KindEntryNoted, At: time.Now(), By: "fill", Via: "demo",
			Body: fmt.Appendf(nil, `{"text":"filler %d, as long as people write on a busy day"}`, i)}
		raw, err := e.Encode()
		if err != nil {
			t.Fatalf("encode: %v", err)
		}
		m := nats.NewMsg(subject)
		m.Data = raw
		sig := signing.Sign(priv, raw)
		m.Header[signing.Header] = []string{sig}
		prev = signing.Leaf(sig, raw)
		if _, err := js.PublishMsgAsync(m, jetstream.WithStallWait(DefaultTimeout)); err != nil {
			t.Fatalf("publish msg async: %v", err)
		}
	}
	select {
	case <-js.PublishAsyncComplete():
	case <-ctx.Done():
		t.Fatal("the server does not take the filler in time")
	}
}
