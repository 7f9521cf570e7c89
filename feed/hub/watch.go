package hub

import (
	"net/http"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"warroom/model"
)

const (
	checkEvery = 3 * time.Second
	little     = 64 << 20 // less space than this is reported: enough for hours of writing
	// with less than this nothing more is sent; messages in transit, and the server's own
	// files, still fit
	tight      = 4 << 20
	roomy      = 8 << 20 // with this much again, sending resumes; the gap prevents flapping
	noDisk     = 1 << 20 // with less than this a new server would be blocked too
	maxPause   = 100     // max checks between two restarts
	maxHopeful = 3       // max restarts for faults other than write errors

	patientChecks = 5 // checks before notLoaded is believed: the stream may be in creation
)

// sickness is a fault of a server. The zero value means that it is healthy.
type sickness struct {
	kind   sicknessKind
	stream string // the stream that has it; if "", the server
	words  string // the server's own text
}

// sicknessKind determines whether to restart.
type sicknessKind int

const (
	healthy   sicknessKind = iota
	stopped                // there is no server: the last start failed
	unwell                 // any other fault that the server reports
	notLoaded              // a stream is on the disk, but the server did not load it
	notStored              // the server loaded a stream, but cannot write it
)

// is reports whether two checks found the same fault.
func (s sickness) is(o sickness) bool { return s.kind == o.kind && s.stream == o.stream }

// watch monitors the server of a host. It counts checks, not time.
type watch struct {
	host  *host
	since time.Time // of the fault
	sick  int       // consecutive checks that found the same fault
	what  sickness  // the fault
	well  int       // consecutive checks that found no fault
	tries int       // restarts that did not last
	pause int       // checks until a restart is allowed again
	last  sickness  // why the last start failed
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

// look performs one check.
func (w *watch) look() {
	socket := w.socket()
	w.pause--
	what, left, more := w.examine()
	if w.note(what); w.mayRestart(what, more) {
		w.renew()
		what, left, _ = w.examine()
	}
	w.judge(what, left)
	if what.kind == healthy {
		w.host.h.setProblem(joinProblems(socket, w.room(left)))
	} else {
		w.host.h.setProblem(joinProblems(socket, w.sentence(what)))
	}
}

// judge decides whether more may be sent for storing.
func (w *watch) judge(what sickness, left int64) {
	free, ok := w.host.h.o.Free(w.host.h.o.Dir)
	switch {
	case what.kind != healthy:
		w.host.h.full.Store(ok && free < tight)
	case left < tight:
		w.host.h.full.Store(true)
	case left >= roomy:
		w.host.h.full.Store(false)
	}
}

// note counts the result of a check.
func (w *watch) note(what sickness) {
	if !what.is(w.what) { // a stream in creation looks faulty, but only once
		w.sick = 0
	}
	w.what = what
	if what.kind == healthy {
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

// examine returns the fault of the server, how many bytes it can still store, and whether a
// new server could store more.
func (w *watch) examine() (what sickness, left int64, more bool) {
	w.host.mu.Lock()
	srv, limit := w.host.srv, w.host.limit
	w.host.mu.Unlock()
	if srv == nil {
		return w.last, 0, false
	}
	if what := diagnose(srv); what.kind != healthy {
		return what, 0, false
	}
	info, err := srv.Jsz(nil)
	if err != nil {
		return sickness{kind: unwell, words: err.Error()}, 0, false
	}
	used := int64(info.Store)
	left = limit - used
	if free, ok := w.host.h.o.Free(w.host.h.o.Dir); ok {
		left = min(left, free)
	}
	if left < little && w.host.h.o.MaxStore == 0 {
		more = w.host.h.o.storeLimit(used)-limit > max(left, 1<<20)
	}
	return sickness{}, max(left, 0), more
}

// diagnose returns the first fault that a server reports. A stream with a fault is either
// loaded or not. No field of the health report distinguishes these, so the list of streams
// is used.
func diagnose(srv *server.Server) sickness {
	if srv.Healthz(&server.HealthzOptions{}).StatusCode == http.StatusOK { // no details, for the usual case
		return sickness{}
	}
	loaded := loadedStreams(srv) // before the next line: what appears in between was not loaded then
	s := srv.Healthz(&server.HealthzOptions{Details: true})
	if len(s.Errors) == 0 {
		return sickness{}
	}
	e := s.Errors[0]
	what := sickness{kind: unwell, stream: e.Stream, words: e.Error}
	switch {
	case e.Type == server.HealthzErrorStream && loaded[e.Stream]:
		what.kind = notStored
	case e.Type == server.HealthzErrorStream:
		what.kind = notLoaded
	}
	return what
}

// loadedStreams returns the names of the streams that a server has loaded.
func loadedStreams(srv *server.Server) map[string]bool {
	out := map[string]bool{}
	info, err := srv.Jsz(&server.JSzOptions{Accounts: true, Streams: true})
	if err != nil {
		return out // JetStream is off, and so are its streams
	}
	for _, a := range info.AccountDetails {
		for _, s := range a.Streams {
			out[s.Name] = true
		}
	}
	return out
}

// mayRestart reports whether a restart may help and is due.
func (w *watch) mayRestart(what sickness, more bool) bool {
	free, ok := w.host.h.o.Free(w.host.h.o.Dir)
	switch {
	case w.pause > 0:
		return false
	case what.kind == healthy:
		return more
	case w.sick < 2, w.sick < patientChecks && what.kind == notLoaded:
		return false
	case ok && free < noDisk: // reading still works
		return false
	case what.kind == notStored:
		return true
	}
	return w.tries < maxHopeful
}

// renew restarts the server, and doubles the pause before the next restart.
func (w *watch) renew() {
	w.pause = min(1<<min(w.tries, 10), maxPause)
	w.tries++
	w.last = sickness{}
	if err := w.host.restart(); err != nil {
		w.last = sickness{kind: stopped, words: model.Sentence(err).String()}
	}
}

// socket binds the socket again if it was removed.
func (w *watch) socket() model.Safe {
	x := w.host
	if !x.listener.lost() {
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

// room reports that little or nothing more can be stored.
func (w *watch) room(left int64) model.Safe {
	dir := w.host.h.o.Dir
	switch {
	case w.host.h.full.Load():
		return model.Safef("nothing more can be stored in %s: its disk is full; new lines wait in the outboxes; "+
			"free some space: warroom then continues by itself", dir)
	case left < little:
		return model.Safef("only %d MiB can still be stored in %s; free some space on its disk", left>>20, dir)
	}
	return model.Safe{}
}

// sentence states what is wrong, since when, and what happens about it.
func (w *watch) sentence(what sickness) model.Safe {
	dir, since := w.host.h.o.Dir, w.since.UTC().Format("15:04:05")
	if free, ok := w.host.h.o.Free(dir); ok && free < noDisk {
		return model.Safef("nothing could be stored in %s since %s UTC: its disk is full; free some space: "+
			"warroom then continues by itself", dir, since)
	}
	if w.tries >= maxHopeful && what.kind != notStored {
		return model.Safef(
			"the hub in %s has failed since %s UTC, and %d restarts did not help: %s; run warroom doctor", dir, since,
			w.tries, what.words)
	}
	return model.Safef("the hub in %s has failed since %s UTC and restarts by itself: %s", dir, since, what.words)
}

func joinProblems(a, b model.Safe) model.Safe {
	switch {
	case a.IsEmpty():
		return b
	case b.IsEmpty():
		return a
	}
	return model.JoinSafe(model.Lit("; "), a, b)
}
