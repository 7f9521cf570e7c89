package feed_test

import (
	"fmt"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/feedtest"
	"warroom/model"
)

// BenchmarkAppend measures a line from the call in one process to the view in another,
// next to a plain publish to the same server.
func BenchmarkAppend(b *testing.B) {
	srv := feedtest.Server(b, func(o *server.Options) { o.SyncAlways = true })
	o := feedtest.Options(b, feedtest.Data(b), "ana")
	o.Server = srv.ClientURL()
	fa, fb := feedtest.With(b, o), feedtest.With(b, o)
	short := feedtest.Declare(b, fa)
	sa, sb := feedtest.Enter(b, fa, short), feedtest.Enter(b, fb, short)
	feedtest.Append(b, sa, "warm")
	b.Run("room", func(b *testing.B) {
		for i := range b.N {
			seq := feedtest.Append(b, sa, fmt.Sprint("a line as long as people write them when it burns ", i))
			feedtest.Until(b, sb, "it is there", func(v *model.View) bool { return v.Room.Seq >= seq })
		}
	})
	b.Run("bare", func(b *testing.B) {
		nc, err := nats.Connect(srv.ClientURL())
		if err != nil {
			b.Fatalf("connect to NATS: %v", err)
		}
		defer nc.Close()
		js, err := jetstream.New(nc)
		if err != nil {
			b.Fatalf("open JetStream: %v", err)
		}
		if _, err := js.CreateOrUpdateStream(soon(b),
			jetstream.StreamConfig{Name: "BARE", Subjects: []string{"bare"}}); err != nil {
			b.Fatalf("create or update stream: %v", err)
		}
		data := make([]byte, 400)
		for b.Loop() {
			if _, err := js.Publish(soon(b), "bare", data); err != nil {
				b.Fatalf("publish: %v", err)
			}
		}
	})
}

// BenchmarkOpen measures the time to the first view of a room.
func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{100, 2000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			srv := feedtest.Server(b)
			o := feedtest.Options(b, feedtest.Data(b), "ana")
			o.Server = srv.ClientURL()
			f := feedtest.With(b, o)
			short := feedtest.Declare(b, f)
			s := feedtest.Enter(b, f, short)
			feedtest.Fill(b, o.Server, s, n)
			want := feedtest.Append(b, s, "last")
			s.Close()
			for b.Loop() {
				s := feedtest.Enter(b, f, short)
				if v := s.Latest(); v.Room.Seq == 0 || n > 2000 && !v.Proof.Pending || n < 2000 && v.Room.Seq != want {
					b.Fatalf("got sequence %d, proof %+v", v.Room.Seq, v.Proof)
				}
				b.StopTimer()
				s.Close()
				b.StartTimer()
			}
		})
	}
}
