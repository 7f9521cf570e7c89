package replica

import (
	"context"

	"warroom/model"
)

// answer admits keys whose key file is in this data directory: their holder is this user
// on this machine. On a server without a hub service, this is how a second terminal of
// the same person gets into the room.
func (ro *Roster) answer(ctx context.Context) {
	f := ro.f
	s := f.View()
	d := ro.commander(s.Room)
	if d == nil || f.env.OwnsHub && stewarded(s.Room) {
		return
	}
	for _, k := range s.JoinRequests {
		if !f.env.Keys.Owns(k.Handle, k.Key) {
			continue
		}
		right, err := s.Room.RightOf(k.Handle, model.Command)
		if err != nil || f.env.Refuse(k.Handle) != nil {
			continue
		}
		act := model.Act{Body: &model.KeyAdmitted{Key: k.Key, Handle: k.Handle, Right: right, Origin: "key file"}}
		ro.admit(ctx, d, act, k)
	}
}

// admit admits a key, unless that is in progress: the key repeats its request meanwhile.
// An act that somebody else did first is not shown as refused.
func (ro *Roster) admit(ctx context.Context, d Writer, act model.Act, k model.JoinRequest) {
	f := ro.f
	f.mu.Lock()
	busy := f.admitting[k.Key]
	if f.admitting == nil {
		f.admitting = map[string]bool{}
	}
	f.admitting[k.Key] = true
	f.mu.Unlock()
	if busy {
		return
	}
	done := func() {
		f.mu.Lock()
		delete(f.admitting, k.Key)
		f.mu.Unlock()
	}
	await, err := d.Start(ctx, act)
	if err != nil {
		done()
		if model.CodeOf(err) != model.Conflict {
			f.env.Logf(model.Safef("%s cannot be let in: %s", k.Handle, err))
		}
		return
	}
	f.wg.Go(func() {
		defer done()
		await(ctx) // dismisses the act if it is refused
	})
}

// commander returns a writer of this process with the right "command", or nil.
func (ro *Roster) commander(r *model.Room) Writer {
	f := ro.f
	f.mu.Lock()
	defer f.mu.Unlock()
	for k, d := range f.writers {
		if m, ok := r.Member(k); ok && m.Right == model.Command && !m.Hub && !m.Revoked {
			return d
		}
	}
	return nil
}

// stewarded reports whether the room has a hub's key, with which the process that hosts
// admits keys.
func stewarded(r *model.Room) bool {
	for _, m := range r.Members {
		if m.Hub && !m.Revoked {
			return true
		}
	}
	return false
}
