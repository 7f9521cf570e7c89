package feed_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
	"warroom/model/playbook"
)

// person is a person at a terminal of a simulation.
type person struct {
	w            *world
	name, handle string
	data         string
	ahead        time.Duration // error of the machine's clock
	rng          *rand.Rand
	link         *simLink
	losing       atomic.Int64 // one in so many answers of the log is lost; if 0, none

	f        *feed.Feed
	session  model.RoomSession
	appended int

	mu       sync.Mutex
	accepted []string        // ids in the order in which the terminal accepted them
	refused  map[string]bool // refusals that Append returned
	checked  int             // number that was checked at the end of a half hour
	before   int             // number that was accepted before the program started
}

func (p *person) now() time.Time { return time.Now().Add(p.ahead) }

// open starts the terminal.
func (p *person) open() {
	o := feed.Options{Data: p.data, Server: "nats://127.0.0.1:4222", Handle: p.handle, Via: "tui", Now: p.now,
		Logf: func(s model.Safe) { p.w.note("%s: %s", p.name, s) }}
	link := &faultyLink{CustomDialer: p.link}
	set(&link.damageAnswer, func() bool { n := p.losing.Load(); return n > 0 && rand.Int64N(n) == 0 })
	o.Dialer = link
	f, err := feed.Open(context.Background(), o)
	if err != nil {
		p.w.fatal("%s: open: %v", p.name, err)
	}
	p.f = f
}

func (p *person) enter() {
	var err error
	if p.session, err = p.f.Enter(context.Background(), p.w.short); err != nil {
		p.w.fatal("%s: enter: %v", p.name, err)
	}
}

func (p *person) close() {
	p.session.Close()
	if err := p.f.Close(); err != nil {
		p.w.fatal("%s: close: %v", p.name, err)
	}
}

// restart restarts the program. It needs a good link, because there is no room without
// one.
func (p *person) restart() {
	p.w.note("%s starts anew", p.name)
	p.close()
	p.link.turn(good)
	for p.w.net.server() == nil {
		<-time.After(time.Second)
	}
	p.mu.Lock()
	p.before = len(p.accepted)
	p.mu.Unlock()
	p.open()
	p.enter()
	p.glance()
}

// gather opens all terminals, declares the room and admits everybody.
func (w *world) gather() {
	for _, p := range w.people {
		p.refused = map[string]bool{}
		p.open()
	}
	ana := w.people[0]
	plan, err := playbook.Load("", "security")
	if err != nil {
		w.fatal("%v", err)
	}
	if w.short,
		err = ana.f.Declare(context.Background(),
		model.Declaration{Title: "simulated", Severity: "SEV-2", Plan: plan}); err != nil {
		w.fatal("declare: %v", err)
	}
	for _, p := range w.people {
		p.enter()
	}
	for _, p := range w.people[2:] {
		feedtest.Until(w.T, ana.session, p.name+" knocks", func(v *model.View) bool {
			for _, k := range v.JoinRequests {
				if k.Handle == p.handle {
					return true
				}
			}
			return false
		})
		ana.do(fmt.Sprintf(":admit @%s %s", p.handle,
			map[string]string{"bo": "write", "cy": "write", "di": "command"}[p.handle]), true)
	}
}

// work types lines until over is closed.
func (p *person) work(over <-chan struct{}) {
	for {
		select {
		case <-over:
			return
		case <-time.After(time.Duration(1+p.rng.IntN(150)) * time.Second):
		}
		if p.rng.IntN(3) == 0 {
			p.glance()
		}
		if p.rng.IntN(60) == 0 {
			p.restart()
			continue
		}
		for range 1 + p.rng.IntN(3) {
			p.do(p.line(), p.rng.IntN(4) == 0)
		}
	}
}

// line returns a line that a person may type now, sensible or not.
func (p *person) line() string {
	p.appended++
	n := p.rng.IntN(40)
	seq := 1 + p.rng.Int64N(int64(max(1, p.session.Latest().Room.Seq)))
	switch p.rng.IntN(24) {
	case 0:
		return fmt.Sprintf(":check %d", n)
	case 1:
		return fmt.Sprintf(":start %d", n)
	case 2:
		return fmt.Sprintf(":skip %d not here", n)
	case 3:
		return fmt.Sprintf(":sev SEV-%d active-exploit", 1+p.rng.IntN(3))
	case 4:
		return fmt.Sprintf(":role %s @%s", []string{"commander", "scribe", "security_lead"}[p.rng.IntN(3)], p.handle)
	case 5:
		return ":phase " + []string{"triage", "containment", "eradication", "recovery"}[p.rng.IntN(4)]
	case 6:
		return ":update it stands like this | we do that | we need nothing"
	case 7:
		return fmt.Sprintf(":amend %d %s says it better", seq, p.name)
	case 8:
		return fmt.Sprintf(":retract %d was wrong", seq)
	case 9:
		return fmt.Sprintf(":pin %d", seq)
	case 10:
		return fmt.Sprintf("!decision %d of %s", p.appended, p.name)
	case 11:
		return fmt.Sprintf("TODO: %s will do it", p.name)
	case 12:
		return ":exposure " + []string{"suspected", "confirmed"}[p.rng.IntN(2)]
	case 13:
		return ":resolve override it seems over"
	case 14:
		return ":reopen it is not"
	}
	return fmt.Sprintf("line %d of %s", p.appended, p.name)
}

// do types a line, and records it if the terminal accepts it.
func (p *person) do(line string, wait bool) {
	v := p.session.Latest()
	act, err := model.Parse(line,
		model.Ctx{Room: v.Room, Who: p.session.Who(), Now: p.now().Add(v.Offset), Zone: time.UTC,
			JoinRequests: v.JoinRequests})
	if err != nil {
		return
	}
	var r model.Receipt
	in := p.inside(v)
	began := time.Now()
	if wait {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(1+p.rng.IntN(20))*time.Second)
		defer cancel()
		r, err = p.session.Append(ctx, act)
	} else {
		r, err = p.session.Submit(context.Background(), act)
		if d := time.Since(began); in && d > 50*time.Millisecond {
			p.w.violated("I9", "%s: %q took %s, link %+v: %v", p.name, line, d, v.Link, err)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.ID == "" {
		p.w.note("%s: %q: %v", p.name, line, err)
		return
	}
	p.accepted = append(p.accepted, r.ID)
	var no *model.Error
	switch {
	case err == nil && wait:
		p.w.ack()
	case errors.As(err, &no) && no.Code != model.Queued && r.Seq == 0:
		p.refused[r.ID] = true
	}
}

func (w *world) ack() {
	w.mu.Lock()
	w.acked++
	w.mu.Unlock()
}
