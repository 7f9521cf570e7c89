package feed_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
	"warroom/model/signing"
)

// publisher publishes to a stream with the same ordering as a writer: each message names
// the sequence that it follows on its subject.
type publisher struct {
	js  jetstream.JetStream
	seq uint64
}

func newPublisher(b *testing.B, nc *nats.Conn) *publisher {
	b.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		b.Fatalf("open JetStream: %v", err)
	}
	if _, err := js.CreateOrUpdateStream(soon(b),
		jetstream.StreamConfig{Name: "BARE", Subjects: []string{"bare"}}); err != nil {
		b.Fatalf("create or update stream: %v", err)
	}
	return &publisher{js: js}
}

func (p *publisher) publish(b *testing.B, data []byte) {
	m := nats.NewMsg("bare")
	m.Data = data
	m.Header.Set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(p.seq, 10))
	a, err := p.js.PublishMsg(soon(b), m)
	if err != nil {
		b.Fatalf("publish: %v", err)
	}
	p.seq = a.Sequence
}

const asPeopleWrite = "a line as long as people write them when it burns, with what they saw and what they do about it "

// BenchmarkAcknowledged measures a line from the call until it is stored, with the
// embedded hub and the outbox on disk, next to a plain publish to the same server in the
// same run. The metric sealed is the time to sign, verify and hash such a message, and
// added is its share of the rest.
func BenchmarkAcknowledged(b *testing.B) {
	f := feedtest.Open(b, "ana")
	s := feedtest.Enter(b, f, feedtest.Declare(b, f))
	feedtest.Append(b, s, "warm")
	p := newPublisher(b, f.Conn())
	data := fmt.Appendf(nil,
		`{"v":1,"room":"01JDHUB0000000000000000000","key":"%043d","at":"2026-11-27T21:00:00.000Z","by":"ana",`+
			`"body":{"text":%q}}`, 0, asPeopleWrite)
	data = append(data, bytes.Repeat([]byte{' '}, 450-len(data))...) // as many bytes as the message of the line
	_, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatalf("make a key: %v", err)
	}
	tree, key := new(signing.Tree), signing.KeyText(priv.Public().(ed25519.PublicKey))
	var line, bare, sealed time.Duration
	for i := range b.N {
		at := time.Now()
		sig := signing.Sign(priv, data)
		_ = signing.Examine("ana", key, sig, data)
		tree.Add(signing.LeafHash(sig, data))
		sealed += time.Since(at)
		at = time.Now()
		feedtest.Append(b, s, fmt.Sprint(asPeopleWrite, i))
		line += time.Since(at)
		at = time.Now()
		p.publish(b, data)
		bare += time.Since(at)
	}
	b.ReportMetric(float64(line.Microseconds())/float64(b.N), "line-us")
	b.ReportMetric(float64(bare.Microseconds())/float64(b.N), "bare-us")
	b.ReportMetric(float64(line)/float64(bare), "ratio")
	b.ReportMetric(float64(sealed.Microseconds())/float64(b.N), "sealed-us")
	b.ReportMetric(100*float64(sealed)/float64(line-sealed), "added-%")
}

// BenchmarkDrain measures how fast 10,000 waiting lines are sent, next to a plain
// publisher with the same ordering on the same server.
func BenchmarkDrain(b *testing.B) {
	const n = 10_000
	for range b.N {
		net := new(network)
		net.set(feedtest.Server(b, func(o *server.Options) { o.SyncAlways = true }))
		link := newSimLink(net, 1)
		o := feedtest.Options(b, feedtest.Data(b), "ana")
		o.Server = "nats://127.0.0.1:4222"
		o.Dialer = link
		f := feedtest.With(b, o)
		s := feedtest.Enter(b, f, feedtest.Declare(b, f))
		feedtest.Append(b, s, "warm")
		link.turn(cut)
		for i := range n {
			if _, err := s.Submit(soon(b), feedtest.Note(fmt.Sprint(asPeopleWrite, i))); err != nil {
				b.Fatalf("submit: %v", err)
			}
		}
		at := time.Now()
		link.turn(good)
		drained(b, s)
		took := time.Since(at)
		p := newPublisher(b, f.Conn())
		at = time.Now()
		for range n {
			p.publish(b, make([]byte, 450))
		}
		bare := time.Since(at)
		b.ReportMetric(n/took.Seconds(), "lines/s")
		b.ReportMetric(n/bare.Seconds(), "bare/s")
		b.ReportMetric(float64(bare)/float64(took), "ratio")
	}
}

// drained waits until the outbox is empty.
func drained(b *testing.B, s *feed.RoomSession) {
	b.Helper()
	late := time.After(10 * time.Minute)
	for s.Unsent() > 0 {
		select {
		case <-s.Changed():
		case <-late:
			b.Fatalf("%d lines still wait", s.Unsent())
		}
	}
	feedtest.Until(b, s, "all is there", func(v *model.View) bool { return len(v.Waiting) == 0 })
}
