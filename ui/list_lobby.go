package ui

import (
	"context"

	"warroom/model"
	"warroom/ui/draw"
)

// readLobby reads how the lobby stands, for a job; nil where there is none or it
// cannot be read now.
func (a *app) readLobby(ctx context.Context) *model.Room {
	l, ok := a.o.Rooms.(model.Lobby)
	if !ok {
		return nil
	}
	r, err := l.LobbyRoom(ctx)
	if err != nil {
		return nil // the link says why in the first row
	}
	return r
}

// hasLobby says whether there is a lobby to go to.
func (a *app) hasLobby() bool {
	p, ok := a.top().(*listPage)
	return ok && p.lobby != nil
}

// lobbyLine is the row above the rooms that says how many alerts wait; nil where
// there is no lobby.
func (p *listPage) lobbyLine(w int) draw.Line {
	if p.lobby == nil {
		return nil
	}
	th, now := p.a.th, p.a.now()
	style := th.dim
	if n, oldest := p.lobby.Unjudged(); n > 0 {
		style = th.warn
		if p.lobby.AlertClock(oldest, now).State == model.ClockOverdue {
			style = th.bad
		}
	}
	return spread(w, draw.L(draw.T(style, model.Safef(" %s", p.lobby.LobbyLine(now)))), draw.L(draw.T(th.dim, model.Lit("  F9 ")))).Clip(w)
}
