package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/playbook"
)

// demoCmd plays an incident in a temporary room.
func demoCmd(a *app) *cobra.Command {
	var speed float64
	var wall bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Play an incident in a throw-away room, for a first look",
		Long: "Play an incident made from the shipped playbook: a leaked key found by a\n" +
			"scanner, its exploitation, containment and recovery, by four people who come\n" +
			"in through the normal interfaces. You are in the room with them and may write, too.\n" +
			"Nothing of it is kept.",
		Args: exactly(0, "demo"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if speed <= 0 || speed > 1000 {
				return usage(model.Lit("--speed has to be above 0 and at most 1000, as in --speed 4"))
			}
			return demo{a}.run(cmd.Context(), speed, wall)
		},
	}
	c.Flags().Float64Var(&speed, "speed", 1, "how many times faster")
	c.Flags().BoolVar(&wall, "wall", false, "show the wall of the room, which takes no text")
	return c
}

// demo plays an incident.
type demo struct{ *app }

// run creates a temporary hub, starts the cast and shows the room or its wall.
func (a demo) run(ctx context.Context, speed float64, wall bool) error {
	dir, err := os.MkdirTemp("", "warroom-demo-")
	if err != nil {
		return model.Refuse(model.Internal, "no directory can be created for the demo: %s", model.FileReason(err))
	}
	defer os.RemoveAll(dir)
	defer ignorePipe()()
	a.cfg.Data, a.cfg.Server = filepath.Join(dir, "data"), ""
	if a.cfg.As == "" {
		a.cfg.As = "you"
	}
	err = a.withHub(ctx, "demo", func(ctx context.Context, h backend.Hub) error {
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
			return fullScreen(a).show(ctx, h, short, wall)
		}
		return a.watch(ctx, h, short, played)
	})
	if err != nil {
		return err
	}
	return a.printNext()
}

// printNext prints what to do after the demo.
func (a demo) printNext() error {
	for _, l := range []model.Safe{
		model.Lit("That was the demo. Nothing from it is kept. What to do next:"),
		model.Lit("  warroom declare --severity SEV-3 --drill Key drill   declare a drill of your own"),
		model.Lit("  warroom open                                         open it; F1 or :help lists the commands"),
		model.Lit("  warroom playbook show security                       read the plan that it follows"),
		model.Lit("  warroom help invite                                  let colleagues in"),
	} {
		if err := a.print(l); err != nil {
			return err
		}
	}
	return nil
}

// demoRoom returns the declaration of the incident.
func demoRoom(p *model.Plan, now time.Time) model.Declaration {
	return model.Declaration{Title: "Deploy key in a public CI log", Kind: "credential_leak", Severity: "SEV-2",
		Reason: "TruffleHog: AWS key in job 8841", Detected: now.Add(-4 * time.Minute), Drill: true, Plan: p}
}

// watch prints the room as lines until the play ends.
func (a demo) watch(ctx context.Context, h backend.Hub, short string, played <-chan error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	t := &tailer{app: a.app, room: model.NewRoom(), last: -1}
	var tail sync.WaitGroup
	var terr error
	last, ended := make(chan struct{}), make(chan struct{})
	var once sync.Once
	tail.Go(func() {
		defer close(ended)
		terr = h.Follow(ctx, short, 1, func(e *model.Event) error {
			err := t.event(e)
			if e.Kind == model.KindIncidentResolved || err != nil {
				once.Do(func() { close(last) })
			}
			return err
		})
	})
	err := error(nil)
	select {
	case err = <-played:
	case <-ended: // nobody reads the output, for example
	}
	if err == nil {
		select {
		case <-last:
		case <-ended:
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

// cue is one line of the play, or a file that somebody adds to evidence.
type cue struct {
	after time.Duration
	who   string
	line  string // for a file: its name
	class string // class of the file; if "", the line is typed
}

// file returns the evidence of a cue, and its content.
func (c *cue) file() (model.Collection, string) {
	return model.Collection{EvidenceAbout: model.EvidenceAbout{Name: c.line, Class: c.class, Host: "runner-3",
		Command: "warroom demo"}}, "made up for the demo: " + c.line + "\n"
}

// play runs the script, with a hub and a session for each person of the cast. It sends
// the result to played, and keeps the sessions open until ctx ends.
func (a demo) play(ctx context.Context, short string, speed float64, played chan<- error) {
	sessions, hubs := map[string]model.RoomSession{}, map[string]backend.Hub{}
	for _, who := range []string{"ana", "bo", "cy", "di"} {
		h, err := a.Open(ctx, backend.Location{Data: a.cfg.Data, Handle: who, Via: "demo"})
		if err != nil {
			played <- fmt.Errorf("%s comes in: %w", who, err)
			return
		}
		defer h.Close()
		s, err := openSession(ctx, h, short)
		if err != nil {
			played <- fmt.Errorf("%s comes in: %w", who, err)
			return
		}
		defer s.Close()
		sessions[who], hubs[who] = s, h
	}
	played <- a.recite(ctx, sessions, hubs, speed)
	<-ctx.Done()
}

// recite sends the lines of the script at their times.
func (a demo) recite(ctx context.Context, sessions map[string]model.RoomSession, hubs map[string]backend.Hub,
	speed float64) error {
	for _, c := range script {
		if err := pause(ctx, time.Duration(float64(c.after)/speed)); err != nil {
			return err
		}
		err := error(nil)
		if s := sessions[c.who]; c.class != "" {
			about, bytes := c.file()
			_, err = hubs[c.who].Collect(ctx, s.Latest().Short, about, strings.NewReader(bytes), nil)
		} else {
			err = a.send(ctx, s, c.line)
		}
		if err != nil {
			return fmt.Errorf("%s says %q: %w", c.who, c.line, err)
		}
	}
	return nil
}

// send parses and stores one line of a person.
func (a demo) send(ctx context.Context, s model.RoomSession, line string) error {
	v := s.Latest()
	act, err := model.Parse(line, model.Ctx{Room: v.Room, Who: s.Who(), Now: a.hubNow(v), Zone: time.UTC})
	if err != nil {
		return err
	}
	_, err = a.store(ctx, s, act)
	return err
}
