package httpin

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The limits of senders.
const (
	perSecond  = 300 // requests of one authenticated sender
	failsEvery = 2 * time.Second
	failsBurst = 20 // failures of one address that are explained
	maxSenders = 1024
	maxFailing = 4096
)

// sender is an authenticated sender: a credential, used from one address.
type sender struct {
	name   string // credential and address; senders beyond the limit share ""
	pace   *rate.Limiter
	bodies int           // in progress or waiting
	bytes  int64         // of these; guarded by the spool's lock
	slots  chan struct{} // concurrent readings
}

// senders are the authenticated senders. Others are not added.
type senders struct {
	slots int

	mu  sync.Mutex
	all map[string]*sender
}

// of returns the sender of a name. If there are too many, idle ones are removed; further
// names share one sender.
func (s *senders) of(name string, now time.Time) *sender {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[string]*sender{}
	}
	if x := s.all[name]; x != nil {
		return x
	}
	if len(s.all) >= maxSenders {
		for k, x := range s.all {
			if x.bodies == 0 && x.pace.TokensAt(now) >= 2*perSecond {
				delete(s.all, k)
			}
		}
		if len(s.all) >= maxSenders {
			name = ""
			if x := s.all[name]; x != nil {
				return x
			}
		}
	}
	x := &sender{name: name, pace: rate.NewLimiter(perSecond, 2*perSecond), slots: make(chan struct{}, s.slots)}
	s.all[name] = x
	return x
}

// begin counts a body of a sender, and reports whether it may send one more.
func (s *senders) begin(x *sender) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x.bodies >= maxSenderBody {
		return false
	}
	x.bodies++
	return true
}

func (s *senders) end(x *sender) {
	s.mu.Lock()
	x.bodies--
	s.mu.Unlock()
}

// failing counts the authentication failures of each address. It only decides whether a
// failure is explained; proofs are always checked.
type failing struct {
	mu  sync.Mutex
	all map[string]*rate.Limiter
}

// explain reports whether another failure of an address is explained.
func (f *failing) explain(addr string, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.all[addr]
	if l == nil {
		if f.all == nil || len(f.all) >= maxFailing {
			f.all = map[string]*rate.Limiter{}
		}
		l = rate.NewLimiter(rate.Every(failsEvery), failsBurst)
		f.all[addr] = l
	}
	return l.AllowN(now, 1)
}
