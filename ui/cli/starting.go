package cli

import (
	"context"
	"errors"
	"path/filepath"

	"warroom/model"
	"warroom/model/backend"
	"warroom/ui"
)

// whileStarting shows the full screen before the hub is open, with the rooms as they were when
// it last ran, and opens the hub meanwhile. It reports false if there is nothing to show: no
// hub has run here yet, or it is on another server.
func (a fullScreen) whileStarting(ctx context.Context, via, short string, wall bool) (shown bool, err error) {
	if a.LastRooms == nil || a.isPlain() || a.checkTheme() != nil {
		return false, nil
	}
	l, err := a.hubLocation(ctx, via)
	if err != nil {
		return true, err
	}
	o := a.screenOptions(short)
	o.Wall, o.Stop = wall, stopProcess
	o.Opening = &ui.Opening{}
	if o.Opening.Rooms, o.Opening.More, o.Opening.At = a.LastRooms(l); len(o.Opening.Rooms) == 0 {
		return false, nil
	}
	s, err := a.terminal()
	if err != nil {
		return false, nil // the error is shown once the hub is open
	}
	var h backend.Hub
	leave := func() {}
	o.Opening.Open = func(ctx context.Context) (ui.Options, error) {
		var err error
		if h, err = openHub(ctx, a.app, l); err != nil {
			return ui.Options{}, err
		}
		if short, err = model.ShortOf(ctx, h.List, short); err != nil {
			return ui.Options{}, err
		}
		if short != "" {
			in, err := h.Enter(ctx, short)
			if err != nil {
				return ui.Options{}, err
			}
			leave = in.Close
		}
		o := a.options(h, short)
		o.Wall, o.Stop = wall, stopProcess
		return o, nil
	}
	end := a.watchCrash(filepath.Join(a.cfg.Data, "state", l.Handle))
	err = ui.Run(ctx, s, o)
	end()
	leave()
	if h == nil {
		return true, err
	}
	if err == nil {
		err = left(h)
	}
	return true, errors.Join(err, h.Close())
}
