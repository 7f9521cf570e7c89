package feedtest

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
	"warroom/model"
)

// The environment variables that make the test binary one of [Processes].
const (
	jobVar     = "WARROOM_TEST_JOB"  // declare, write or audit
	dataVar    = "WARROOM_TEST_DATA" // the data directory
	runtimeVar = "WARROOM_TEST_RUN"  // directory of the hub's socket
	handleVar  = "WARROOM_TEST_HANDLE"
)

// BeWorker does a job if this process was started as one of [Processes], and does not
// return then. A TestMain must call it first.
func BeWorker() {
	job := os.Getenv(jobVar)
	if job == "" {
		return
	}
	if err := work(job); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// workerOptions returns the options that the parent process passed.
func workerOptions() feed.Options {
	return feed.Options{Data: os.Getenv(dataVar), Runtime: os.Getenv(runtimeVar), Handle: os.Getenv(handleVar),
		Via: "tui",
		Now: time.Now, Logf: func(s model.Safe) { fmt.Println("log", s) }}
}

// work runs in the child process, and reports to its parent in lines.
func work(job string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // in case the parent has ended
	defer cancel()
	f, err := openUntil(ctx, workerOptions())
	if err != nil {
		return err
	}
	switch job {
	case "declare":
		var short string
		d := model.Declaration{Title: "Processes", Severity: "SEV-1", Plan: Plan()}
		if short, err = f.Declare(ctx, d); err == nil {
			fmt.Println("declared", short)
		}
	case "write":
		err = write(ctx, f)
	case "audit":
		err = audit(ctx, f)
	default:
		err = errors.New("no such job: " + job)
	}
	return errors.Join(err, f.Close())
}

// openUntil opens a feed. It retries, because the process that hosted may just have been
// killed.
func openUntil(ctx context.Context, o feed.Options) (*feed.Feed, error) {
	for {
		f, err := feed.Open(ctx, o)
		if model.CodeOf(err) != model.Unreachable || ctx.Err() != nil {
			return f, err
		}
		<-time.After(50 * time.Millisecond)
	}
}

// enterUntil enters the room. It retries, because the process that hosted may just have
// been killed.
func enterUntil(ctx context.Context, f *feed.Feed) (*feed.RoomSession, error) {
	for {
		s, err := f.Enter(ctx, "inc-1")
		if err == nil {
			return s.(*feed.RoomSession), nil
		}
		if model.CodeOf(err) != model.Unreachable || ctx.Err() != nil {
			return nil, err
		}
		<-time.After(50 * time.Millisecond)
	}
}

// write writes lines until the parent closes stdin, and then sends what is pending. It
// reports "accepted ID" when the terminal accepted a line, "stored ID SEQ" when the line
// was acknowledged, and finally "end SEQ HASH BAD ALARM" of the room.
func write(ctx context.Context, f *feed.Feed) error {
	s, err := enterUntil(ctx, f)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Println("entered")
	enough := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // only its end matters
		close(enough)
	}()
	for i := 0; ; i++ {
		select {
		case <-enough:
			return reportEnd(ctx, f, s)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(rand.IntN(6)) * time.Millisecond): // the pace of a person in a hurry
		}
		writeLine(ctx, s, fmt.Sprintf("%s %d of process %d", os.Getenv(handleVar), i, os.Getpid()))
	}
}

// writeLine writes one line; one in three times it waits until it is stored.
func writeLine(ctx context.Context, s *feed.RoomSession, text string) {
	if rand.IntN(3) > 0 {
		r, err := s.Submit(ctx, Note(text))
		if err == nil {
			fmt.Println("accepted", r.ID)
		} else {
			fmt.Println("log not accepted:", err)
		}
		return
	}
	soon, cancel := context.WithTimeout(ctx, 5*time.Second)
	r, err := s.Append(soon, Note(text))
	cancel()
	if r.ID != "" {
		fmt.Println("accepted", r.ID)
	}
	if err == nil {
		fmt.Println("stored", r.ID, r.Seq)
	} else if r.ID == "" {
		fmt.Println("log not accepted:", err)
	}
}

// reportEnd waits until no line is pending, and reports the state of the terminal.
func reportEnd(ctx context.Context, f *feed.Feed, s *feed.RoomSession) error {
	for {
		v := s.Latest()
		if IsSent(f, v) {
			fmt.Println("end", v.Room.Seq, v.Room.StateHash(), v.Room.Bad, v.Proof.Alarm)
			return nil
		}
		select {
		case <-s.Changed():
		case <-time.After(100 * time.Millisecond): // an outbox does not notify
		case <-ctx.Done():
			return fmt.Errorf("got %d unsent lines, want 0; link %+v", f.Left(), v.Link)
		}
	}
}

// IsSent reports whether a terminal is connected and has sent every line: nothing is
// pending in its view or in its outbox on disk.
func IsSent(f *feed.Feed, v *model.View) bool {
	return v.Link.State == model.Live && len(v.Waiting) == 0 && f.Left() == 0
}

// readQuestions reads "id ID" and "seq SEQ" up to an empty line.
func readQuestions() (ids map[string]bool, seqs map[uint64]bool) {
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

// readUntil returns the log once it has all ids, or its current content if they do not
// arrive in time.
func readUntil(ctx context.Context, f *feed.Feed, s *feed.RoomSession, ids map[string]bool) []*model.Event {
	late, cancel := context.WithTimeout(ctx, 45*time.Second)
	defer cancel()
	var other *feed.Feed
	defer func() { closeFeed(other) }()
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
		select {
		case <-s.Changed():
			continue
		case <-time.After(time.Second):
		case <-late.Done():
			continue
		}
		closeFeed(other)
		// Opening a feed sends what killed processes left in their outboxes.
		if other, err = feed.Open(late, workerOptions()); err != nil {
			fmt.Println("log", err)
		}
	}
}

func closeFeed(f *feed.Feed) {
	if f == nil {
		return
	}
	if err := f.Close(); err != nil {
		fmt.Println("log", err)
	}
}

// audit waits until the requested ids are in the log. It reports "event SEQ ID FAULT" for
// each event, "state SEQ HASH" for the requested sequences, and "alarm WHY".
func audit(ctx context.Context, f *feed.Feed) error {
	ids, seqs := readQuestions()
	s, err := enterUntil(ctx, f)
	if err != nil {
		return err
	}
	defer s.Close()
	r := model.NewRoom()
	for _, e := range readUntil(ctx, f, s, ids) {
		r = model.Apply(r, e)
		fmt.Println("event", e.Seq, e.ID, e.Fault)
		if seqs[e.Seq] {
			fmt.Println("state", e.Seq, r.StateHash())
		}
	}
	fmt.Println("alarm", s.Latest().Proof.Alarm)
	return nil
}
