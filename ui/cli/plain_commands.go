package cli

import (
	"context"
	"errors"
	"io"
	"strconv"

	"warroom/model"
	"warroom/ui/present"
)

// plainCommand is a command of plain mode that is not written to the room.
type plainCommand struct {
	name string
	args bool // it takes arguments
	do   func(a *plainRoom, ctx context.Context, args string) error
}

// plainCommands returns all of them, in the order of the help.
func plainCommands() []plainCommand {
	return []plainCommand{
		{name: "status", args: true, do: (*plainRoom).printStatus},
		{name: "clocks", do: lister(func(a *plainRoom, v *model.View) []model.Safe {
			return present.Due(v, a.hubNow(v), a.zone())
		})},
		{name: "checklist", args: true, do: (*plainRoom).printChecklist},
		{name: "points", do: lister(func(a *plainRoom, v *model.View) []model.Safe {
			return orNone(present.Points(v.Room, a.hubNow(v)), model.Lit("nothing is open that needs a reason"))
		})},
		{name: "people", do: lister(func(a *plainRoom, v *model.View) []model.Safe {
			return present.People(v, a.hubNow(v))
		})},
		{name: "alerts", do: lister(func(a *plainRoom, v *model.View) []model.Safe {
			return orNone(present.Alerts(v.Room, a.hubNow(v)), present.NoAlerts.Full)
		})},
		{name: "scope", do: lister(func(a *plainRoom, v *model.View) []model.Safe {
			here, err := relatedHere(a.app, v)
			if err != nil {
				here = v // related rooms are named as in the log
			}
			return orNone(present.Scope(here.Room, a.hubNow(v), a.zone()), present.NoScope())
		})},
		{name: "history", do: lister(func(a *plainRoom, v *model.View) []model.Safe {
			return present.History(v.Room, a.hubNow(v), a.zone())
		})},
		{name: "radar", do: lister(func(a *plainRoom, v *model.View) []model.Safe {
			return orNone(present.Radar(v, a.hubNow(v)), present.NoSignal)
		})},
		{name: "channels", do: lister(func(a *plainRoom, v *model.View) []model.Safe {
			return present.Reached(v, a.hubNow(v), a.zone())
		})},
		{name: "log", args: true, do: (*plainRoom).printLog},
		{name: "show", args: true, do: (*plainRoom).printEntry},
		{name: "evidence", do: func(a *plainRoom, _ context.Context, _ string) error {
			return evidence{a.app}.printEvidence(a.s.Latest(), 0, false)
		}},
		{name: "verify", do: func(a *plainRoom, ctx context.Context, _ string) error {
			err := verification{a.app}.room(ctx, a.h, a.s.Latest().Short)
			if errors.Is(err, errIncomplete) {
				return nil // the result has been printed
			}
			return err
		}},
		{name: "rooms", do: func(a *plainRoom, ctx context.Context, _ string) error {
			list, more, err := a.h.Recent(ctx, closedShown)
			if err != nil {
				return err
			}
			return printRooms(a.app, list, more, roomFilter{})
		}},
		{name: "declare", args: true, do: (*plainRoom).declare},
		{name: "refused", do: (*plainRoom).printRefused},
		{name: "help", args: true, do: (*plainRoom).printHelp},
		{name: "quit", do: leave},
		{name: "q", do: leave},
	}
}

func leave(*plainRoom, context.Context, string) error { return io.EOF }

// plainCommandNamed returns a command, or nil.
func plainCommandNamed(name string) *plainCommand {
	for _, c := range plainCommands() {
		if c.name == name {
			return &c
		}
	}
	return nil
}

// lister returns a command that prints lines about the room.
func lister(lines func(*plainRoom, *model.View) []model.Safe) func(*plainRoom, context.Context, string) error {
	return func(a *plainRoom, _ context.Context, _ string) error { return a.printAll(lines(a, a.s.Latest())) }
}

// orNone returns a list, or one line for an empty one.
func orNone(list []model.Safe, none model.Safe) []model.Safe {
	if len(list) == 0 {
		return []model.Safe{none}
	}
	return list
}

func (a *plainRoom) printAll(list []model.Safe) error { return printLines(a.app, list) }

// printStatus prints the state of the room in short, or all of it.
func (a *plainRoom) printStatus(_ context.Context, args string) error {
	v := a.s.Latest()
	switch args {
	case "":
		return a.printAll(a.summaryOf(v))
	case "all":
		return a.printAll(present.Status(v, a.hubNow(v), a.zone()))
	}
	return model.Refuse(model.Invalid, "write :status, or :status all")
}

// printChecklist prints the items of the open phases, of one phase, or of all.
func (a *plainRoom) printChecklist(_ context.Context, args string) error {
	v := a.s.Latest()
	list := present.Checklist(v.Room, args, a.hubNow(v), a.zone())
	if len(list) > 0 {
		return a.printAll(list)
	}
	if args == "" {
		return a.print(model.Lit("the checklist is empty"))
	}
	var names []model.Safe
	for _, p := range v.Room.Plan.Phases {
		names = append(names, model.CleanLine(p.ID))
	}
	return model.Refuse(model.NotFound, "there is no phase %s with items; write :checklist all, or :checklist PHASE "+
		"with one of: %s", args,
		model.JoinSafe(model.Lit(", "), names...))
}

// printLog prints the newest entries.
func (a *plainRoom) printLog(_ context.Context, args string) error {
	n := 20
	if args != "" {
		var err error
		if n, err = strconv.Atoi(args); err != nil || n < 1 {
			return model.Refuse(model.Invalid, "%s is not a number of entries; write :log 50", args)
		}
	}
	v := a.s.Latest()
	lines := v.Room.Lines()
	for _, l := range lines[max(0, len(lines)-n):] {
		if err := a.print(present.ShortEntry(v.Room, l, a.hubNow(v), a.zone())); err != nil {
			return err
		}
	}
	return nil
}

// printEntry prints everything about one entry.
func (a *plainRoom) printEntry(_ context.Context, args string) error {
	r := a.s.Latest().Room
	n, err := strconv.ParseUint(args, 10, 64)
	if err != nil || r.Line(n) == nil {
		return model.Refuse(model.NotFound, "there is no entry %q; write :show and the number of an entry", args)
	}
	return a.printAll(present.EntryFacts(r, r.Line(n), a.zone()))
}

// printHelp lists the commands, or those in which a word occurs.
func (a *plainRoom) printHelp(_ context.Context, word string) error {
	list := []model.Safe{model.Lit("Written to the room; :help WORD lists only commands with that word:")}
	for _, v := range verbsOf(a.s.Latest().Room.Lobby) {
		list = append(list, verbLine(v))
	}
	list = append(list, model.Lit("Not written to the room:"))
	for _, c := range plainCommands() {
		if help := present.CommandHelp(c.name); !help.IsEmpty() {
			list = append(list, model.Safef(":%s  %s", c.name, help))
		}
	}
	return a.printAll(orNone(withWord(list, word), noCommandHas(word)))
}
