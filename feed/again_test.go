package feed_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/hubapi"
	"warroom/model"
)

// TestRevokedAndLetInAgain: a person who was revoked in a room and admitted again can use
// the same invitation, SSH key or data directory. The program makes a new signing key.
// The old key stays revoked, the outbox is sent, and other rooms accept the new key too.
func TestRevokedAndLetInAgain(t *testing.T) {
	x := newTeam(t)
	short, other := feedtest.Declare(t, x.host), feedtest.Declare(t, x.host)
	s := feedtest.Enter(t, x.host, short)
	var lines []string
	local := feedtest.With(t, feedtest.Options(t, x.data, "dee"))
	people := map[string]*feed.Feed{
		"an invitation":     x.comes("bo", model.Write),
		"SSH":               guest(t, x.host, "gus", model.Write),
		"the hub's machine": local,
	}
	for name, f := range people {
		handle := f.Who().Handle
		feedtest.Append(t, feedtest.Enter(t, f, other), "in another room")
		first := feedtest.Enter(t, f, short)
		feedtest.Append(t, first, "with the first key of "+handle)
		old := f.Who().Key
		feedtest.Until(t, s, handle+" is in", func(v *model.View) bool { return v.Room.Knows(old) })
		act(t, s, ":strike @"+handle)
		feedtest.Soon(t, name+": nothing is written", func() bool {
			_, err := first.Append(soon(t), feedtest.Note("still here"))
			return model.CodeOf(err) == model.Forbidden
		})
		first.Close()
		act(t, s, ":right @"+handle+" write")
		var again model.RoomSession
		feedtest.Soon(t, name+": the room can be entered", func() bool { // the login's connection was closed
			var err error
			again, err = f.Enter(soon(t), short)
			return err == nil
		})
		feedtest.Append(t, again, "with the second key of "+handle)
		again.Close()
		now := f.Who().Key
		v := feedtest.Until(t, s, "the line of the new key", has("with the second key of "+handle))
		if m, ok := v.Room.Member(old); !ok || !m.Revoked {
			t.Errorf("%s: the old key: got %+v, want it revoked", name, m)
		}
		if m, ok := v.Room.Member(now); !ok || now == old || m.Revoked || m.Right != model.Write || m.Handle != handle {
			t.Errorf("%s: the new key: got %+v (the same key: %v), want another that may write", name, m, now == old)
		}
		lines = append(lines, "with the first key of "+handle, "with the second key of "+handle)
		once(t, v.Room, lines)
		feedtest.Append(t, feedtest.Enter(t, f, other), "there, with the second key of "+handle)
	}
}

// TestKeyRevokedAloneIsNotReplaced: if only a key was revoked, and not its person, the
// program does not replace the key.
func TestKeyRevokedAloneIsNotReplaced(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	s := feedtest.Enter(t, x.host, short)
	gus := guest(t, x.host, "gus", model.Write)
	seat := feedtest.Enter(t, gus, short)
	feedtest.Append(t, seat, "by gus")
	key := gus.Who().Key
	_, err := s.Append(soon(t), model.Act{Body: &model.KeyRevoked{Handle: "gus", Key: key}})
	must(t, err)
	_, err = seat.Append(soon(t), feedtest.Note("still here"))
	if model.CodeOf(err) != model.Forbidden || gus.Who().Key != key {
		t.Errorf("got %v and the key %s, want it forbidden and the key %s", err, gus.Who().Key, key)
	}
}

// TestStraysOfOneLoginAreBounded: a login may store a few messages a day with keys that
// the room has not admitted, and then gets an error. Join requests and messages with
// admitted keys still work.
func TestStraysOfOneLoginAreBounded(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	s := feedtest.Enter(t, x.host, short)
	file := x.file(feed.Invite{Handle: "mal", Right: model.Write})
	nc := rawLogin(t, file, "mal")
	var last error
	put := func(lane string, size, n int) (stored int) {
		t.Helper()
		for i := range n {
			subject := hubapi.Ask(hubapi.VerbPut, "mal", short, lane, fmt.Sprint("stray", i))
			r, err := nc.RequestMsg(&nats.Msg{Subject: subject, Data: make([]byte, size)}, feedtest.DefaultTimeout)
			must(t, err)
			if err := hubapi.Refused(r); err != nil {
				last = err
			} else if strings.Contains(string(r.Data), `"seq"`) {
				stored++
			}
		}
		return stored
	}
	if got := put(hubapi.SubjectLog, 20<<10, 100); got > 52 || got < 40 {
		t.Errorf("%d messages of 20 KiB are stored, want about 51: 1 MiB", got)
	}
	if got := put(hubapi.SubjectLog, 100, 200); got > 60 {
		t.Errorf("%d small messages are stored besides, want 60 at most", got)
	}
	if last == nil || !strings.HasPrefix(last.Error(), "mal sent too many messages under ") {
		t.Errorf("got the refusal %v, want a sentence about mal", last)
	}
	f := feedtest.With(t, x.as(file))
	feedtest.Append(t, feedtest.Enter(t, f, short), "mal is admitted, and writes")
	feedtest.Until(t, s, "the line of mal", has("mal is admitted, and writes"))
	feedtest.Append(t, s, "and so does ana")
}

// TestPresenceOverItsLimitIsTold: a person whose login sends too much presence is shown a
// problem until presence works again.
func TestPresenceOverItsLimitIsTold(t *testing.T) {
	t.Parallel()
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	file := x.file(feed.Invite{Handle: "bo", Right: model.Write})
	f := feedtest.With(t, x.as(file))
	s := feedtest.Enter(t, f, short)
	feedtest.Append(t, s, "here")
	nc := rawLogin(t, file, "bo")
	id, err := nc.GetClientID()
	must(t, err)
	subject := hubapi.Ask(hubapi.VerbHere, "bo", fmt.Sprint(id), short, "K")
	over := make(chan struct{})
	var flood sync.WaitGroup
	flood.Go(func() { // 20 a second are the limit; many more would delay what bo's terminal sends
		pace := time.NewTicker(50 * time.Millisecond)
		defer pace.Stop()
		for {
			for range 10 {
				_ = nc.Publish(subject, []byte(`{"handle":"bo"}`)) // the connection ends with the test
			}
			select {
			case <-over:
				return
			case <-pace.C:
			}
		}
	})
	stop := sync.OnceFunc(func() { close(over); flood.Wait() })
	defer stop()
	v := feedtest.Until(t, s, "bo reads of it", func(v *model.View) bool {
		s.Here(true)
		s.Here(false)
		return !v.Link.Problem.IsEmpty()
	})
	stop()
	want := "others may not see that bo is here: bo sent too many presence messages, " +
		"20 a second are the limit; close some terminals"
	if got := v.Link.Problem.String(); got != want || v.Link.State != model.Live {
		t.Errorf("got %q, %v; want %q, live", got, v.Link.State, want)
	}
	feedtest.UntilWithin(t, s, 2*feedtest.DefaultTimeout, "bo reads it no more", func(v *model.View) bool {
		return v.Link.Problem.IsEmpty()
	})
}
