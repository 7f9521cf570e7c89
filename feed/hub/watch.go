package hub

import (
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"warroom/model"
)

const (
	checkEvery = 3 * time.Second
	little     = 64 << 20 // less room than this is said: hours of writing, time to make more
	tight      = 4 << 20  // with less than this nothing more is sent: what is on its way, and the server's own files, still fit
	roomy      = 8 << 20  // with as much again, it is sent again; the gap keeps it from going to and fro
	noDisk     = 1 << 20  // with less than this a new server is as stuck as the old one
	maxPause   = 100      // checks between two restarts, at most
	maxHopeful = 3        // restarts for what is no write error

	notRecovered  = "could not be recovered" // how the server also words that a stream is still being made
	patientChecks = 5                        // checks that find that before it is believed
)

// watch looks after the server of a host. It counts in checks, not in time.
type watch struct {
	host  *host
	since time.Time // of the sickness
	sick  int       // checks in a row that found the same sickness
	why   string    // the sickness
	well  int       // checks in a row that found it well
	tries int       // restarts that did not last
	pause int       // checks until the next restart may be
	last  string    // why the last start failed
}

func (w *watch) run() {
	t := time.NewTicker(w.host.h.o.Check)
	defer t.Stop()
	for {
		select {
		case <-w.host.ctx.Done():
			return
		case <-t.C:
			w.look()
		}
	}
}

// look is one check.
func (w *watch) look() {
	socket := w.socket()
	w.pause--
	why, left, more := w.examine()
	if w.note(why); w.mayRestart(why, more) {
		w.renew()
		why, left, _ = w.examine()
	}
	w.judge(why, left)
	if why == "" {
		w.host.h.say(joinTrouble(socket, w.room(left)))
	} else {
		w.host.h.say(joinTrouble(socket, w.sentence(why)))
	}
}

// judge decides whether something more may be sent to be stored.
func (w *watch) judge(why string, left int64) {
	free, ok := w.host.h.o.Free(w.host.h.o.Dir)
	switch {
	case why != "":
		w.host.h.full.Store(ok && free < tight)
	case left < tight:
		w.host.h.full.Store(true)
	case left >= roomy:
		w.host.h.full.Store(false)
	}
}

// note counts what a check found.
func (w *watch) note(why string) {
	if why != w.why { // a stream that is being made looks sick, but only once
		w.sick, w.why = 0, why
	}
	if why == "" {
		w.since = time.Time{}
		if w.well++; w.well >= maxPause {
			w.tries = 0
		}
		return
	}
	w.well = 0
	w.sick++
	if w.since.IsZero() {
		w.since = w.host.h.o.Now()
	}
}

// examine says what ails the server ("" if nothing), how much it can still
// store, and whether a new server could store more.
func (w *watch) examine() (why string, left int64, more bool) {
	w.host.mu.Lock()
	srv, limit := w.host.srv, w.host.limit
	w.host.mu.Unlock()
	if srv == nil {
		return w.last, 0, false
	}
	if s := srv.Healthz(&server.HealthzOptions{}); s.StatusCode != 200 {
		return s.Error, 0, false
	}
	info, err := srv.Jsz(nil)
	if err != nil {
		return err.Error(), 0, false
	}
	used := int64(info.Store)
	left = limit - used
	if free, ok := w.host.h.o.Free(w.host.h.o.Dir); ok {
		left = min(left, free)
	}
	if left < little && w.host.h.o.limit == 0 {
		more = w.host.h.o.storeLimit(used)-limit > max(left, 1<<20)
	}
	return "", max(left, 0), more
}

// mayRestart says whether a restart may help and is due.
func (w *watch) mayRestart(why string, more bool) bool {
	free, ok := w.host.h.o.Free(w.host.h.o.Dir)
	switch {
	case w.pause > 0:
		return false
	case why == "":
		return more
	case w.sick < 2, w.sick < patientChecks && strings.Contains(why, notRecovered):
		return false
	case ok && free < noDisk: // reading goes on meanwhile
		return false
	case strings.Contains(why, "write error"):
		return true
	}
	return w.tries < maxHopeful
}

// renew restarts the server, and doubles the pause until the next time.
func (w *watch) renew() {
	w.pause = min(1<<min(w.tries, 10), maxPause)
	w.tries++
	w.last = ""
	if err := w.host.restart(); err != nil {
		w.last = model.Sentence(err).String()
	}
}

// socket binds the socket again where it was taken away.
func (w *watch) socket() model.Safe {
	x := w.host
	if !x.door.lost() {
		return model.Safe{}
	}
	path, err := socketPath(x.h.o.Dir, x.h.o.Runtime)
	if err == nil {
		err = x.bind(path)
	}
	if err != nil {
		return model.Safef("other terminals cannot join: %s", model.Sentence(err))
	}
	return model.Safe{}
}

// room says when little or nothing more can be stored.
func (w *watch) room(left int64) model.Safe {
	dir := w.host.h.o.Dir
	switch {
	case w.host.h.full.Load():
		return model.Safef("nothing more can be stored in %s: its disk is full; what is written waits in the outboxes; free some space, warroom then goes on by itself", dir)
	case left < little:
		return model.Safef("only %d MiB can still be stored in %s; free some space on its disk", left>>20, dir)
	}
	return model.Safe{}
}

// sentence says what is wrong since when, and what happens about it.
func (w *watch) sentence(why string) model.Safe {
	dir, since := w.host.h.o.Dir, w.since.UTC().Format("15:04:05")
	if free, ok := w.host.h.o.Free(dir); ok && free < noDisk {
		return model.Safef("nothing can be stored in %s since %s UTC: its disk is full; free some space, warroom then goes on by itself", dir, since)
	}
	if w.tries >= maxHopeful && !strings.Contains(why, "write error") {
		return model.Safef("the hub in %s is not well since %s UTC and %d restarts did not help: %s; run warroom doctor", dir, since, w.tries, why)
	}
	return model.Safef("the hub in %s is not well since %s UTC and is restarted by itself: %s", dir, since, why)
}

func joinTrouble(a, b model.Safe) model.Safe {
	switch {
	case a.IsEmpty():
		return b
	case b.IsEmpty():
		return a
	}
	return model.JoinSafe(model.Lit("; "), a, b)
}
