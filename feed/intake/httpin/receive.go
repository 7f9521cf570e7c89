package httpin

import (
	"errors"
	"io"
	"net/http"
	"time"

	"warroom/model"
)

// job is what is done with a body that is proven.
type job struct {
	limit int64         // bytes of the body
	slots chan struct{} // readings at the same time
	// read reads the body and answers. It reports whether the same signed request
	// may come again, because it was not carried out.
	read func(w http.ResponseWriter, r *http.Request, body io.Reader) (again bool)
}

// receive writes a body to disk, verifies it, and has it read while its sender
// holds one of the slots. A sender that the headers prove is held to its rate
// before the body, any other after it.
func (s *server) receive(w http.ResponseWriter, r *http.Request, c claim, j job) {
	addr := addrOf(r.RemoteAddr)
	var x *sender
	if c.proven {
		if x = s.enter(w, r, c.name+" "+addr); x == nil {
			return
		}
		defer s.senders.end(x)
	}
	cut, stop := cutter(w)
	u := s.spool.begin(addr, x, cut)
	defer u.end()
	b, err := s.spooled(w, r, u, j.limit)
	stop()
	if err != nil {
		s.notReceived(w, r, err, j.limit)
		return
	}
	defer b.Close()
	sum := ""
	if c.check != nil {
		if sum, err = c.check(r.Context(), b); err != nil {
			s.notProven(w, r, err)
			return
		}
	}
	if x == nil {
		if x = s.enter(w, r, c.name+" "+addr); x == nil {
			return
		}
		defer s.senders.end(x)
		u.prove(x)
	}
	s.take(w, r, x, sum, b, j)
}

// spooled receives a body of at most limit bytes.
func (s *server) spooled(w http.ResponseWriter, r *http.Request, u *upload, limit int64) (*body, error) {
	if r.ContentLength > limit {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	b, err := s.spool.receive(r.Context(), u, http.MaxBytesReader(w, r.Body, limit))
	if err == nil {
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // a recorder of a test has none
	}
	return b, err
}

// enter holds a proven sender to its rate. It answers the request and returns nil
// where that is exceeded.
func (s *server) enter(w http.ResponseWriter, r *http.Request, name string) *sender {
	proveConn(r.Context())
	now := s.Now()
	x := s.senders.of(name, now)
	if !x.pace.AllowN(now, 1) || !s.senders.begin(x) {
		s.tally.add(failRate, addrOf(r.RemoteAddr))
		s.slowDown(w)
		return nil
	}
	return x
}

// take has a proven body read, once.
func (s *server) take(w http.ResponseWriter, r *http.Request, x *sender, sum string, b *body, j job) {
	if sum != "" && !s.seen.first(sum, s.Now()) {
		s.tally.add(failReplay, addrOf(r.RemoteAddr))
		s.refuse(w, http.StatusConflict, model.Safef("%s", errReplay))
		return
	}
	again := true // until it was read
	defer func() {
		if sum != "" && again {
			s.seen.forget(sum)
		}
	}()
	t := time.NewTimer(waitFor)
	defer t.Stop()
	for _, slots := range []chan struct{}{x.slots, j.slots} {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		case <-r.Context().Done():
			return
		case <-t.C:
			s.slowDown(w)
			return
		}
	}
	if b.rewind() != nil {
		s.notReceived(w, r, errSpool, 0)
		return
	}
	again = j.read(w, r, b)
}

// notReceived answers a request whose body did not come.
func (s *server) notReceived(w http.ResponseWriter, r *http.Request, err error, limit int64) {
	status, sentence, ok := sentenceOf(err, limit)
	if !ok {
		status, sentence = http.StatusBadRequest, model.Lit("the body broke off")
	}
	if status != http.StatusRequestEntityTooLarge {
		s.tally.add(failSlow, addrOf(r.RemoteAddr))
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	s.shut(w)
	s.refuse(w, status, sentence)
}

// notProven answers a request whose body its sender did not sign.
func (s *server) notProven(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, errSpool) {
		s.notReceived(w, r, err, 0)
		return
	}
	sentence := model.Safef("%s; nothing was taken", errUnproven)
	if model.CodeOf(err) != model.Internal {
		sentence = model.Sentence(err)
	}
	s.fail(w, r, unproven(err), failProof, sentence)
}

// fail answers a request of a sender that proved nothing, and closes its
// connection. An address that often fails to prove itself gets no reason any
// more.
func (s *server) fail(w http.ResponseWriter, r *http.Request, status int, why failure, sentence model.Safe) {
	addr := addrOf(r.RemoteAddr)
	s.tally.add(why, addr)
	s.shut(w)
	if why == failProof && !s.failing.explain(addr, s.Now()) {
		s.slowDown(w)
		return
	}
	s.refuse(w, status, sentence)
}

// shut closes the connection after the answer; what is left of the body is not
// waited for.
func (s *server) shut(w http.ResponseWriter) {
	w.Header().Set("Connection", "close")
	_ = http.NewResponseController(w).SetReadDeadline(past) // a recorder of a test has none
}
