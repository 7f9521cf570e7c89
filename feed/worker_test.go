package feed_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// The environment variables that make the test binary a process of a [crew].
const (
	jobVar     = "WARROOM_TEST_JOB"  // declare, write or audit
	dataVar    = "WARROOM_TEST_DATA" // the data directory
	runtimeVar = "WARROOM_TEST_RUN"  // directory of the hub's socket
	handleVar  = "WARROOM_TEST_HANDLE"
)

// job runs in a child process; it talks to its parent in lines.
func job(name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // should the parent be gone
	defer cancel()
	o := feed.Options{Data: os.Getenv(dataVar), Runtime: os.Getenv(runtimeVar), Handle: os.Getenv(handleVar), Via: "tui", Now: time.Now,
		Logf: func(s model.Safe) { fmt.Println("log", s) }}
	f, err := opened(ctx, o)
	if err != nil {
		return err
	}
	switch name {
	case "declare":
		var short string
		if short, err = f.Declare(ctx, model.Declaration{Title: "Crew", Severity: "SEV-1", Plan: feedtest.Plan()}); err == nil {
			fmt.Println("declared", short)
		}
	case "write":
		err = writeOn(ctx, f)
	case "audit":
		err = audit(ctx, f)
	default:
		err = errors.New("no such job")
	}
	return errors.Join(err, f.Close())
}

// opened opens a feed; who hosted may just have been killed.
func opened(ctx context.Context, o feed.Options) (*feed.Feed, error) {
	for {
		f, err := feed.Open(ctx, o)
		if model.CodeOf(err) != model.Unreachable || ctx.Err() != nil {
			return f, err
		}
		<-time.After(50 * time.Millisecond)
	}
}

// entered takes a seat; who hosted may just have been killed.
func entered(ctx context.Context, f *feed.Feed) (*feed.Seat, error) {
	for {
		s, err := f.Enter(ctx, "inc-1")
		if err == nil {
			return s.(*feed.Seat), nil
		}
		if model.CodeOf(err) != model.Unreachable || ctx.Err() != nil {
			return nil, err
		}
		<-time.After(50 * time.Millisecond)
	}
}

// writeOn writes lines until the parent says that it is enough, then sends what
// waits. It says "accepted ID" when the terminal has taken a line, "stored ID
// SEQ" when it was acknowledged, and "end SEQ HASH" of the room that it shows.
func writeOn(ctx context.Context, f *feed.Feed) error {
	s, err := entered(ctx, f)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Println("entered")
	enough := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // its end is what matters
		close(enough)
	}()
	for i := 0; ; i++ {
		select {
		case <-enough:
			return ended(ctx, s)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(rand.IntN(6)) * time.Millisecond): // the pace of a person in a hurry
		}
		text := fmt.Sprintf("%s %d of process %d", os.Getenv(handleVar), i, os.Getpid())
		if rand.IntN(3) > 0 {
			r, err := s.Submit(ctx, feedtest.Note(text))
			if err == nil {
				fmt.Println("accepted", r.ID)
			} else {
				fmt.Println("log not taken:", err)
			}
			continue
		}
		soon, cancel := context.WithTimeout(ctx, 5*time.Second)
		r, err := s.Append(soon, feedtest.Note(text))
		cancel()
		if r.ID != "" {
			fmt.Println("accepted", r.ID)
		}
		if err == nil {
			fmt.Println("stored", r.ID, r.Seq)
		} else if r.ID == "" {
			fmt.Println("log not taken:", err)
		}
	}
}

// ended waits until nothing waits, and says what the terminal shows then.
func ended(ctx context.Context, s *feed.Seat) error {
	for {
		v := s.Latest()
		if s.Unsent() == 0 && v.Link.State == model.Live && len(v.Waiting) == 0 {
			fmt.Println("end", v.Room.Seq, v.Room.StateHash(), v.Room.Bad, v.Proof.Alarm)
			return nil
		}
		select {
		case <-s.Bell():
		case <-ctx.Done():
			return fmt.Errorf("nothing was to wait any more: %d do, %+v", s.Unsent(), v.Link)
		}
	}
}

// asked reads "id ID" and "seq SEQ" up to an empty line.
func asked() (ids map[string]bool, seqs map[uint64]bool) {
	ids, seqs = map[string]bool{}, map[uint64]bool{}
	for sc := bufio.NewScanner(os.Stdin); sc.Scan() && sc.Text() != ""; {
		what, arg, _ := strings.Cut(sc.Text(), " ")
		if what == "id" {
			ids[arg] = true
		} else if n, err := strconv.ParseUint(arg, 10, 64); err == nil {
			seqs[n] = true
		}
	}
	return ids, seqs
}

// whole returns the log as soon as some ids are in it, or as it is when they do
// not come.
func whole(ctx context.Context, f *feed.Feed, s *feed.Seat, ids map[string]bool) []*model.Event {
	late, cancel := context.WithTimeout(ctx, 45*time.Second)
	defer cancel()
	for {
		var log []*model.Event
		missing := len(ids)
		seen := map[string]bool{}
		err := f.Events(ctx, "inc-1", 1, func(e *model.Event) error {
			if log = append(log, e); ids[e.ID] && !seen[e.ID] {
				seen[e.ID] = true
				missing--
			}
			return nil
		})
		if err == nil && missing == 0 || late.Err() != nil {
			return log
		}
		f.Sweep()
		select {
		case <-s.Bell():
		case <-time.After(time.Second): // for the sweep
		case <-late.Done():
		}
	}
}

// audit waits until the ids that it is asked for are in the log, and says "event
// SEQ ID FAULT" for each event, "state SEQ HASH" for the sequences that it is
// asked for, and "alarm WHY".
func audit(ctx context.Context, f *feed.Feed) error {
	ids, seqs := asked()
	s, err := entered(ctx, f)
	if err != nil {
		return err
	}
	defer s.Close()
	r := model.NewRoom()
	for _, e := range whole(ctx, f, s, ids) {
		r = model.Apply(r, e)
		fmt.Println("event", e.Seq, e.ID, e.Fault)
		if seqs[e.Seq] {
			fmt.Println("state", e.Seq, r.StateHash())
		}
	}
	fmt.Println("alarm", s.Latest().Proof.Alarm)
	return nil
}
