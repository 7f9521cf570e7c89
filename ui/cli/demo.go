package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/playbook"
)

// demoCmd plays an incident in a throw-away room.
func (a *app) demoCmd() *cobra.Command {
	var speed float64
	c := &cobra.Command{
		Use:   "demo",
		Short: "Play an incident in a throw-away room, for a first look",
		Long: "Play an incident made from the shipped playbook: a leaked key found by a\n" +
			"scanner, its exploitation, containment and recovery, by four people who come\n" +
			"in by the ordinary doors. You sit in the room with them and may write too.\n" +
			"Nothing of it stays.",
		Args: exactly(0, "demo"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if speed <= 0 || speed > 1000 {
				return usage(model.Lit("--speed is more than 0 and up to 1000, as in --speed 4"))
			}
			return a.demo(cmd.Context(), speed)
		},
	}
	c.Flags().Float64Var(&speed, "speed", 1, "how many times faster")
	return c
}

// demo makes a throw-away hub, lets the cast come and shows the room.
func (a *app) demo(ctx context.Context, speed float64) error {
	dir, err := os.MkdirTemp("", "warroom-demo-")
	if err != nil {
		return model.Refuse(model.Internal, "no directory for the demo: %s", reason(err))
	}
	defer os.RemoveAll(dir)
	a.cfg.Data, a.cfg.Server = filepath.Join(dir, "data"), ""
	if a.cfg.As == "" {
		a.cfg.As = "you"
	}
	return a.withHub(ctx, "demo", func(ctx context.Context, h Hub) error {
		p, err := playbook.Load("", playbook.Default())
		if err != nil {
			return err
		}
		short, err := h.Declare(ctx, demoRoom(p, a.Clock.Now()))
		if err != nil {
			return err
		}
		ctx, stop := context.WithCancel(ctx)
		var cast sync.WaitGroup
		played := make(chan error, 1)
		cast.Go(func() { a.play(ctx, short, speed, played) })
		defer cast.Wait()
		defer stop()
		if a.Terminal && !a.cfg.Screen.Plain {
			return a.show(ctx, h, short, false)
		}
		return a.watchDemo(ctx, h, short, played)
	})
}

// demoRoom is the incident of the play.
func demoRoom(p *model.Plan, now time.Time) model.Declaration {
	return model.Declaration{Title: "Deploy key in a public CI log", Kind: "credential_leak", Severity: "SEV-2",
		Reason: "TruffleHog: AWS key in job 8841", Detected: now.Add(-4 * time.Minute), Drill: true, Plan: p}
}

// watchDemo prints the room as lines until the play is over.
func (a *app) watchDemo(ctx context.Context, h Hub, short string, played <-chan error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	t := &tailer{app: a, room: model.NewRoom()}
	var tail sync.WaitGroup
	var terr error
	last := make(chan struct{})
	var once sync.Once
	tail.Go(func() {
		terr = h.Follow(ctx, short, 1, func(e *model.Event) error {
			err := t.event(e)
			if e.Kind == model.KindIncidentResolved || err != nil {
				once.Do(func() { close(last) })
			}
			return err
		})
	})
	err := <-played
	if err == nil {
		select {
		case <-last:
		case <-ctx.Done():
		}
	}
	stop()
	tail.Wait()
	switch {
	case err != nil && !errors.Is(err, context.Canceled):
		return err
	case terr != nil && !errors.Is(terr, context.Canceled):
		return terr
	}
	return nil
}

// cue is one line of the play.
type cue struct {
	after time.Duration
	who   string
	line  string
}

// play lets the cast say their lines, each at a terminal of their own, tells
// when they are through, and lets them sit there until ctx ends.
func (a *app) play(ctx context.Context, short string, speed float64, played chan<- error) {
	seats := map[string]model.Seat{}
	for _, who := range []string{"ana", "bo", "cy", "di"} {
		h, err := a.Open(ctx, Place{Data: a.cfg.Data, Handle: who, Via: "demo"})
		if err != nil {
			played <- fmt.Errorf("%s comes in: %w", who, err)
			return
		}
		defer h.Close()
		s, err := seatIn(ctx, h, short)
		if err != nil {
			played <- fmt.Errorf("%s comes in: %w", who, err)
			return
		}
		defer s.Close()
		seats[who] = s
	}
	played <- a.recite(ctx, seats, speed)
	<-ctx.Done()
}

// recite says the lines of the script in their time.
func (a *app) recite(ctx context.Context, seats map[string]model.Seat, speed float64) error {
	for _, c := range script {
		if err := a.pause(ctx, time.Duration(float64(c.after)/speed)); err != nil {
			return err
		}
		if err := a.cue(ctx, seats[c.who], c.line); err != nil {
			return fmt.Errorf("%s says %q: %w", c.who, c.line, err)
		}
	}
	return nil
}

// cue says one line as its person would.
func (a *app) cue(ctx context.Context, s model.Seat, line string) error {
	v := s.Latest()
	act, err := model.Parse(line, model.Ctx{Room: v.Room, Who: s.Who(), Now: a.hubNow(v), Zone: time.UTC})
	if err != nil {
		return err
	}
	_, err = a.store(ctx, s, act)
	return err
}

func (a *app) pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
