package feed

import (
	"context"
	"errors"
	"slices"
	"time"

	"warroom/feed/hub"
	"warroom/model"
)

// strikeWait is how long a server of this hub may take to end connections.
const strikeWait = 2 * time.Second

// Struck says whether a person, or the key of SSH that they come by, was struck
// from this hub.
func (f *Feed) Struck(handle, sshKey string) bool { return f.h.struck.has(handle, sshKey) }

// Strike ends a person's keys in every room, their connections, and lets them in
// here no more, in this order: who has their key gets nothing more while the
// rooms are gone through.
func (f *Feed) Strike(ctx context.Context, handle, reason string) (model.Strike, error) {
	out := model.Strike{Handle: handle, Remote: f.h.hub == nil}
	rooms, err := f.mayStrike(ctx)
	switch {
	case err != nil:
		return out, err
	case !model.ValidHandle(handle) || handle == hubHandle:
		return out, model.Refuse(model.Invalid, "%s is no handle for a person; handles are 1 to 32 of a-z 0-9 _ -", handle)
	case handle == f.pen.handle:
		return out, model.Refuse(model.Conflict, "that is you; somebody else has to strike you out, or take another handle: --as HANDLE")
	case f.guest:
		return out, model.Refuse(model.Forbidden, "people are struck at the hub's machine: warroom revoke %s", handle)
	}
	out.Unknown = !f.h.invited(handle) // who is struck is taken out of that book
	if err := f.h.struck.add(ctx, handle, f.pen.handle, reason, f.h.o.Now(), nil); err != nil {
		return out, err
	}
	out.Ended, out.Serving = f.h.enforce(ctx)
	for _, short := range slices.Backward(rooms) {
		in, err := f.strikeIn(ctx, short, handle, reason, &out)
		if err != nil {
			in.Trouble = model.Sentence(err)
		}
		if in.Keys > 0 || len(in.Roles) > 0 || err != nil {
			out.Rooms = append(out.Rooms, in)
		}
	}
	if len(out.SSHKeys) > 0 {
		err = f.h.struck.add(ctx, handle, f.pen.handle, reason, f.h.o.Now(), out.SSHKeys)
		n, _ := f.h.enforce(ctx)
		out.Ended += n
	}
	return out, err
}

// mayStrike refuses whom a room gave less than command, and whom this hub has
// struck. It returns the rooms. At the hub's own machine everybody else has
// command; on a server each room says it when its turn comes.
func (f *Feed) mayStrike(ctx context.Context) ([]string, error) {
	me := f.pen.handle
	if err := f.h.struck.refuse(me); err != nil {
		return nil, err
	}
	rooms, err := f.h.shorts(ctx)
	if err != nil {
		return nil, err
	}
	for _, short := range rooms {
		r, err := f.h.roomAt(ctx, short, 0)
		if err != nil {
			continue // its turn comes
		}
		switch s := r.Rulings[me]; {
		case s.Struck:
			return nil, model.Refuse(model.Forbidden, "%s was struck from %s, and striking people takes the right command", me, short)
		case s.Right != "" && s.Right != model.Command:
			return nil, model.Refuse(model.Forbidden, "%s may only %s in %s, and striking people takes the right command", me, string(s.Right), short)
		}
	}
	return rooms, nil
}

// strikeIn ends the keys of a person in one room.
func (f *Feed) strikeIn(ctx context.Context, short, handle, reason string, out *model.Strike) (in model.StruckIn, err error) {
	in.Short = short
	r, err := f.h.roomAt(ctx, short, 0)
	if err != nil || r.ID == "" {
		err = ifCode(err, model.NotFound)
		out.Unknown = out.Unknown && err == nil
		return in, err
	}
	for _, m := range r.Members {
		if m.Handle != handle || m.Hub {
			continue
		}
		out.Unknown = false
		if k := sshKey(m.Via); k != "" && !slices.Contains(out.SSHKeys, k) {
			out.SSHKeys = append(out.SSHKeys, k)
		}
		if !m.Struck {
			in.Keys++
		}
	}
	in.Roles = r.RolesOf(handle)
	if in.Keys == 0 && len(in.Roles) == 0 {
		return in, nil
	}
	d, err := f.h.sit(ctx, f.pen, short)
	if err != nil {
		return in, err
	}
	_, err = d.append(ctx, model.Act{Body: &model.KeyStruck{Handle: handle, Reason: reason}})
	return in, errors.Join(err, f.h.rise(d))
}

// invited says whether a person has a login of this hub, or may have one.
func (h *house) invited(handle string) bool {
	if h.hub == nil {
		return false
	}
	page, err := h.hub.Book().Read()
	return err != nil || slices.ContainsFunc(page.Logins, func(l hub.Login) bool { return l.Handle == handle })
}

// ifCode returns err unless it has a code that does not matter.
func ifCode(err error, except model.Code) error {
	if model.CodeOf(err) == except {
		return nil
	}
	return err
}

// enforce has the servers of this hub look at the list now. Serving says whether
// there was one; without it the list is read when the next one starts.
func (h *house) enforce(ctx context.Context) (ended int, serving bool) {
	if h.hub == nil {
		return 0, false
	}
	ctx, cancel := h.w.alive(ctx, strikeWait)
	defer cancel()
	d, err := h.enforced(ctx, accessAsk{})
	if err != nil {
		h.o.Logf(model.Safef("a process of this hub did not confirm it, and looks by itself every second: %s", model.Sentence(err)))
	}
	return d.Ended, err != nil || d.Guards > 0
}

// Lift lets a person in again who was struck. Their old keys stay struck.
func (f *Feed) Lift(ctx context.Context, handle string) (model.Strike, error) {
	out := model.Strike{Handle: handle, Remote: f.h.hub == nil}
	if _, err := f.mayStrike(ctx); err != nil {
		return out, err
	}
	keys, err := f.h.struck.lift(ctx, handle)
	if err != nil {
		return out, err
	}
	out.SSHKeys = keys
	_, out.Serving = f.h.enforce(ctx)
	rooms, err := f.List(ctx)
	for _, i := range slices.Backward(rooms) {
		if i.Room.IsStruck(handle) {
			out.Rooms = append(out.Rooms, model.StruckIn{Short: i.Short})
		}
	}
	return out, err
}
