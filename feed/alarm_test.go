package feed_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/feedtest"
	"warroom/model"
)

func TestHubThatWentBackIsAnAlarm(t *testing.T) {
	x := newExternal(t)
	f := feedtest.With(t, x.options(t, "ana"))
	s := feedtest.Enter(t, f, feedtest.Declare(t, f))
	feedtest.Append(t, s, "one")
	x.stop()
	old := feedtest.Data(t)
	if err := os.CopyFS(old, os.DirFS(x.dir)); err != nil {
		t.Fatalf("copy the files: %v", err)
	}
	x.start()
	feedtest.Append(t, s, "two")
	feedtest.Append(t, s, "three")
	x.stop()
	x.dir = old // restored from a backup
	x.start()
	v := feedtest.Until(t, s, "the alarm", func(v *model.View) bool { return !v.Proof.Alarm.IsEmpty() })
	if a := v.Proof.Alarm.String(); !strings.Contains(a, "entry 3") || !strings.Contains(a, "entry 5") {
		t.Errorf("got alarm %q, want both numbers", a)
	}
	once(t, v.Room, []string{"one", "two", "three"})
	ctx, cancel := short(t)
	defer cancel()
	if _, err := s.Append(ctx, feedtest.Note("four")); model.CodeOf(err) != model.Queued {
		t.Errorf("got %v, want it kept: the log is not the one we know", err)
	}
}

func TestHoleInTheLogIsAnAlarm(t *testing.T) {
	x := newExternal(t)
	f := feedtest.With(t, x.options(t, "ana"))
	short := feedtest.Declare(t, f)
	s := feedtest.Enter(t, f, short)
	feedtest.Append(t, s, "one")
	hole := feedtest.Append(t, s, "two")
	feedtest.Append(t, s, "three")
	js, err := jetstream.New(f.Conn())
	if err != nil {
		t.Fatalf("open JetStream: %v", err)
	}
	str, err := js.Stream(soon(t), "WARROOM_"+short)
	if err != nil {
		t.Fatalf("look up a stream: %v", err)
	}
	if err := str.SecureDeleteMsg(soon(t), hole); err != nil {
		t.Fatalf("secure delete msg: %v", err)
	}
	o := x.options(t, "bo")
	o.Data = feedtest.Data(t)
	v := feedtest.Until(t, feedtest.Enter(t, feedtest.With(t, o), short), "the end is read",
		func(v *model.View) bool { return v.Room.Seq == 5 })
	if !strings.Contains(v.Proof.Alarm.String(), "entry 4") {
		t.Errorf("got alarm %q, want one about entry 4", v.Proof.Alarm)
	}
	if v.Room.Bad != 1 {
		t.Errorf("got %d bad entries, want the one whose predecessor is missing", v.Room.Bad)
	}
}

func TestFollowGoesOnWhileTheHubComesAndGoes(t *testing.T) {
	x := newExternal(t)
	f := feedtest.With(t, x.options(t, "ana"))
	short := feedtest.Declare(t, f)
	s := feedtest.Enter(t, f, short)
	ctx, cancel := context.WithCancel(soon(t))
	defer cancel()
	seqs := make(chan uint64, 100)
	done := make(chan error, 1)
	go func() {
		done <- f.Follow(ctx, short, 3, func(e *model.Event) error { seqs <- e.Seq; return nil })
	}()
	feedtest.Append(t, s, "one")
	x.stop()
	x.start()
	feedtest.Append(t, s, "two")
	for _, want := range []uint64{3, 4} {
		select {
		case got := <-seqs:
			if got != want {
				t.Errorf("got %d, want %d", got, want)
			}
		case <-soon(t).Done():
			t.Fatalf("entry %d does not come", want)
		}
	}
	cancel()
	if err := <-done; err != context.Canceled {
		t.Errorf("got %v, want canceled", err)
	}
}

func TestMessageUnderAnOddSubjectShows(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	s := feedtest.Enter(t, f, short)
	for _, subject := range []string{".log.ana", ".log.ana.key.more", ".gone.ana." + f.Who().Key} {
		if _, err := f.Conn().RequestWithContext(soon(t), "warroom."+short+subject, []byte("{}")); err != nil {
			t.Fatalf("request with context: %v", err)
		}
	}
	feedtest.Append(t, s, "on")
	if v := s.Latest(); v.Room.Strays != 2 || v.Room.Bad != 0 || v.Room.Seq != 6 {
		t.Errorf("got %d strays, %d bad, sequence %d, want 2, 0 and 6", v.Room.Strays, v.Room.Bad, v.Room.Seq)
	}
}
