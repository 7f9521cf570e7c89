package ui

import (
	"context"
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"warroom/model"
)

// app is one terminal. All of it belongs to the loop.
type app struct {
	o Options
	glass
	behind
	keys  []binding
	pages []page       // the one on top has the keys
	in    *place       // the room one is in; nil: none
	say   note         // the newest word of the program to the person
	heard []model.Safe // what is still to be said
	deaf  func()       // ends listening; nil: nothing is listened to
	was   string       // the room that the list was opened from; empty: none
	fresh fresh        // when the list is read again
	utc   bool         // times are shown in UTC, not in the viewer's zone
}

// glass is the terminal.
type glass struct {
	tv   *tview.Application
	scr  tcell.Screen
	root *root

	sheets stamper // scr, where it can; else nil

	th *theme

	small bool // too small for a page, as it was last drawn: what is typed goes nowhere
}

// behind is what works behind the loop.
type behind struct {
	ctx   context.Context
	stop  context.CancelFunc // ends the session
	pump  *pump
	jobs  *jobs
	store *store
}

// note is a sentence for the person, shown where hints are until the next key.
type note struct {
	text model.Safe
	bad  bool
}

// page is one screenful. The pages lie on one another.
type page interface {
	// scope says which keys of the table are the page's.
	scope() scope
	// draw shows the page in a rectangle; where returns the cursor's place.
	draw(s tcell.Screen, r rect)
	// key takes a key that is not in the table.
	key(ev *tcell.EventKey)
	// paste takes pasted text.
	paste(text string)
}

// rect is a part of the screen.
type rect struct{ x, y, w, h int }

func newApp(ctx context.Context, stop context.CancelFunc, s tcell.Screen, o Options) *app {
	a := &app{o: o, glass: glass{tv: tview.NewApplication(), scr: s}}
	a.root = newRoot(a)
	p := newPump(s, o)
	p.stop = func() { a.tv.Stop() }
	a.behind = behind{ctx: ctx, stop: stop, pump: p, jobs: &jobs{ctx: ctx, wake: p.wake, fail: a.fail, fault: a.o.fault}}
	a.sheets, _ = s.(stamper)
	a.keys = allKeys()
	return a
}

// start opens the first page.
func (a *app) start() {
	a.store = openStore(a.o.State, a.o.Box, func(err error) { a.jobs.post(func() { a.fail(err) }) })
	a.open(&waitPage{a: a, what: model.Lit("opening ...")})
	a.hear()
	if a.o.Room != "" {
		a.enter(a.o.Room, "")
		return
	}
	a.list(true)
}

// leave ends what the loop has begun. The loop is over.
func (a *app) leave() {
	if a.deaf != nil {
		a.deaf()
	}
	a.leaveRoom()
	a.jobs.wait()
	a.store.close()
}

// top is the page that has the keys.
func (a *app) top() page { return a.pages[len(a.pages)-1] }

// open puts a page on top.
func (a *app) open(p page) { a.pages = append(a.pages, p) }

// closePage takes the top page away. The last one stays.
func (a *app) closePage() {
	if len(a.pages) > 1 {
		a.pages = a.pages[:len(a.pages)-1]
	}
}

// only leaves one page.
func (a *app) only(p page) { a.pages = append(a.pages[:0], p) }

// onKey takes every key before tview does. The key that wakes the loop brings
// what is new.
func (a *app) onKey(ev *tcell.EventKey) *tcell.EventKey {
	switch {
	case ev.Key() == keyWake:
		a.news()
	case ev.Key() == tcell.KeyCtrlC:
		a.stop()
	case a.small: // nobody sees what a key would do
	default:
		a.say = note{}
		if a.in != nil {
			a.in.moved = false
		}
		if !a.bound(ev) {
			a.top().key(ev)
		}
	}
	return nil
}

// bound does what the key table says for a key.
func (a *app) bound(ev *tcell.EventKey) bool {
	for i := range a.keys {
		b := &a.keys[i]
		if b.in&a.top().scope() == 0 || !b.is(ev) {
			continue
		}
		if b.not != nil {
			if why := b.not(a); !why.IsEmpty() {
				a.tell(why)
				return true
			}
		}
		b.do(a)
		return true
	}
	return false
}

// news takes what happened behind the loop: jobs that are done, a newer view.
func (a *app) news() {
	a.jobs.run()
	a.sayHeard()
	a.beat()
	if a.in != nil {
		a.in.news()
	}
}

// tell shows a sentence to the person.
func (a *app) tell(s model.Safe) { a.say = note{text: s} }

// fail shows what went wrong.
func (a *app) fail(err error) { a.say = note{text: model.Sentence(err), bad: true} }

// zone is the zone in which times are shown.
func (a *app) zone() *time.Location {
	if a.utc {
		return time.UTC
	}
	return a.o.Zone
}

// now is the hub's time in the zone of the screen.
func (a *app) now() time.Time {
	t := a.o.Clock.Now().In(a.zone())
	if a.in != nil {
		t = t.Add(a.in.view.Offset)
	}
	return t
}
