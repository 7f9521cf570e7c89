package room

import (
	"context"
	"fmt"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/keymap"
	"warroom/ui/present"
)

// mark toggles the mark of the selected alert, and selects the next one.
func (g *AlertsPage) mark() {
	if al := g.selected(); al != nil {
		g.marked[al.ID] = !g.marked[al.ID]
		g.sel = al.ID
		g.Move(1)
	}
}

// markAll marks all open alerts or, if all are marked, none.
func (g *AlertsPage) markAll() {
	list, open := g.order()
	all := true
	for _, al := range list[:open] {
		all = all && g.marked[al.ID]
	}
	g.marked = map[string]bool{}
	for _, al := range list[:open] {
		g.marked[al.ID] = !all
	}
}

// alertAct returns a function that begins a command about the marked or selected alerts
// in the composer.
func alertAct(form string) func(*AlertsPage) {
	return func(g *AlertsPage) {
		if g.selected() != nil {
			g.p.prefill(fmt.Sprintf(form, g.numbers()))
		}
	}
}

// declare begins to declare a room for the selected alert, with the severity that the
// plan suggests.
func (g *AlertsPage) declare() {
	al := g.selected()
	if al == nil {
		return
	}
	severity, _, _ := g.p.view.Room.SuggestedDeclaration(al)
	if severity != "" {
		severity += " "
	}
	g.p.prefill(fmt.Sprintf(":declare %d %s", al.N, severity))
	g.similar(al)
}

// similar shows the open rooms that an alert may belong to. It reads them in a job.
func (g *AlertsPage) similar(al *model.RoomAlert) {
	sh, about := g.p.shell, *al
	sh.Jobs.Start(func(ctx context.Context) func() {
		list, err := g.p.env.List(ctx)
		if err != nil {
			return func() {} // the header shows the state of the link
		}
		line := model.SimilarLine(&about, model.SimilarRooms(&about.Alert, list))
		return func() {
			if !line.IsEmpty() {
				sh.Notes.Show(line)
			}
		}
	})
}

func (g *AlertsPage) noAlert() model.Safe {
	if g.selected() == nil {
		return present.NoAlerts.Full
	}
	return model.Safe{}
}

// hasAlert reports whether the list has an alert.
func (g *AlertsPage) hasAlert() bool { return g.selected() != nil }

func (g *AlertsPage) notLobby() model.Safe {
	if why := g.noAlert(); !why.IsEmpty() {
		return why
	}
	if !g.inLobby() {
		return model.Lit("only alerts in the lobby can be declared, attached or closed; this one is in a room: " +
			"Enter judges it")
	}
	return model.Safe{}
}

// AlertKeys returns the keys of the list of alerts.
func AlertKeys() []keymap.Binding[*AlertsPage] {
	return []keymap.Binding[*AlertsPage]{
		{In: keymap.InAlerts, On: keymap.Runes(' ', 'x'), Key: model.Lit("Space"), Name: model.Lit("mark"),
			Help: model.Lit("mark the alert; judge, attach and close then apply to all marked alerts, with one " +
				"reason"), Do: (*AlertsPage).mark, Not: (*AlertsPage).noAlert, First: true,
			When: (*AlertsPage).hasAlert},
		{In: keymap.InAlerts, On: keymap.Runes('*'), Key: model.Lit("*"),
			Help: model.Lit("mark all open alerts, or none"), Do: (*AlertsPage).markAll,
			Not: (*AlertsPage).noAlert},
		{In: keymap.InAlerts, On: keymap.Keys(tcell.KeyEnter), Key: model.Lit("Enter"), Name: model.Lit("judge"),
			Help: model.Lit("judge the alert: true or false positive, benign, inconclusive"),
			Do:   alertAct(":judge %s "), Not: (*AlertsPage).noAlert, First: true, When: (*AlertsPage).hasAlert},
		{In: keymap.InAlerts, On: keymap.Runes('d'), Key: model.Lit("d"), Name: model.Lit("declare"),
			Help: model.Lit("in the lobby: declare a room for the alert, with the severity that it suggests"),
			Do:   (*AlertsPage).declare, Not: (*AlertsPage).notLobby, First: true, When: (*AlertsPage).inLobby},
		{In: keymap.InAlerts, On: keymap.Runes('a'), Key: model.Lit("a"), Name: model.Lit("attach"),
			Help: model.Lit("in the lobby: attach the alert to a room"), Do: alertAct(":attach %s inc-"),
			Not: (*AlertsPage).notLobby, First: true, When: (*AlertsPage).inLobby},
		{In: keymap.InAlerts, On: keymap.Runes('c'), Key: model.Lit("c"), Name: model.Lit("close"),
			Help: model.Lit("in the lobby: close an alert that was judged, with a reason"),
			Do:   alertAct(":close %s "), Not: (*AlertsPage).notLobby, First: true, When: (*AlertsPage).inLobby},
	}
}

// inLobby reports whether the page shows the lobby.
func (g *AlertsPage) inLobby() bool { return g.p.view.Room.Lobby }
