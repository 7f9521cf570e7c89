package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"time"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/secretscan"
	"warroom/ui/present"
)

// plainRoom is a room in plain mode.
type plainRoom struct {
	*app
	wall bool // no input is read
}

// open shows a room in plain mode, one line per message, for terminals without a full
// screen and for screen readers. It prints new entries, and runs typed lines like the
// composer.
func (a plainRoom) open(ctx context.Context, h backend.Hub, short string) error {
	if short == "" {
		list, more, err := h.Recent(ctx, closedShown)
		if err != nil {
			return err
		}
		open := openRooms(list)
		if len(open) != 1 {
			a.printErr(model.Lit("open a room with warroom open ROOM, or declare one with warroom declare " +
				"--severity SEV-1 TITLE"))
			return printRooms(a.app, list, more, roomFilter{})
		}
		short = open[0].Short
	}
	s, err := openSession(ctx, h, short)
	if err != nil {
		return err
	}
	defer s.Close()
	for _, l := range present.Status(s.Latest(), a.hubNow(s.Latest()), a.zone()) {
		if err := a.print(l); err != nil {
			return err
		}
	}
	if a.wall {
		return a.converse(ctx, h, s, nil)
	}
	a.printErr(model.Lit("type a line and press Enter: text is a note, :help lists the commands, :quit leaves"))
	return a.converse(ctx, h, s, a.readLines(ctx))
}

// readLines returns a channel of the typed lines. It is closed at the end of stdin.
func (a plainRoom) readLines(ctx context.Context) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		r := bufio.NewReaderSize(a.Stdin, 64<<10)
		for {
			line, err := r.ReadString('\n')
			if line != "" {
				select {
				case lines <- line:
				case <-ctx.Done():
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	return lines
}

// converse prints new entries and runs the lines until they end. If lines is nil, there
// is no input.
func (a plainRoom) converse(ctx context.Context, h backend.Hub, s model.RoomSession, lines <-chan string) error {
	seen := max(s.Latest().Room.Seq, 20) - 20
	held := heldBy(s.Latest().Room, s.Who().Handle)
	notices := newPlainNotices(s.Latest(), s.Who().Handle, a.hubNow(s.Latest()))
	second := time.NewTicker(time.Second) // a clock may run out without a new entry
	defer second.Stop()
	for {
		v := s.Latest()
		if !v.Over.IsEmpty() {
			return &model.Error{Code: model.Forbidden, Message: v.Over}
		}
		for _, l := range v.Room.Lines() {
			if l.Seq <= seen {
				continue
			}
			seen = l.Seq
			if err := a.print(present.Entry(v.Room, l, a.zone())); err != nil {
				return err
			}
		}
		held = a.printLostRoles(v.Room, s.Who().Handle, held)
		for _, n := range notices.since(v, a.hubNow(v), a.zone()) {
			a.beep()
			a.printErr(n)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.Changed():
		case <-second.C:
		case line, ok := <-lines:
			if !ok {
				return nil
			}
			if err := a.typed(ctx, h, s, line); err != nil {
				if err == io.EOF {
					return nil
				}
				a.printErr(model.Sentence(err))
			}
		}
	}
}

// typed runs one typed line. It returns io.EOF when the user leaves.
func (a plainRoom) typed(ctx context.Context, h backend.Hub, s model.RoomSession, line string) error {
	line, n := model.ValidText(trimLine(line))
	if n > 0 {
		a.printErr(notUTF8(n))
	}
	v := s.Latest()
	switch line {
	case "":
		return nil
	case ":quit", ":q":
		return io.EOF
	case ":help":
		return errors.Join(printVerbs(a.app, v.Room.Lobby), a.printCommands())
	case ":verify":
		err := verification{a.app}.room(ctx, h, v.Short)
		if errors.Is(err, errIncomplete) {
			return nil // the result has been printed
		}
		return err
	case ":evidence":
		return evidence{a.app}.printEvidence(v.Room, 0, false)
	case ":rooms":
		list, more, err := h.Recent(ctx, closedShown)
		if err != nil {
			return err
		}
		return printRooms(a.app, list, more, roomFilter{})
	case ":radar":
		return a.printRadar(v)
	case ":status", ":clocks", ":checklist", ":alerts", ":people", ":channels":
		for _, l := range present.Status(v, a.hubNow(v), a.zone()) {
			if err := a.print(l); err != nil {
				return err
			}
		}
		return nil
	}
	if e, ok, err := model.ParseExport(line); ok {
		if err != nil {
			return err
		}
		return exports{a.app}.typed(ctx, h, v.Short, e)
	}
	reportSimilar(ctx, a.app, h, v.Room, line)
	if !secretscan.Insists(line) {
		line = a.guarded(v.Room, line, model.Lit(":insist LINE"))
	}
	return a.act(ctx, s, line, nil)
}

// printRadar prints the signals of the radar.
func (a plainRoom) printRadar(v *model.View) error {
	list := present.Radar(v, a.hubNow(v))
	if len(list) == 0 {
		list = append(list, model.Lit("nothing has gone quiet"))
	}
	for _, l := range list {
		if err := a.print(l); err != nil {
			return err
		}
	}
	return nil
}

func trimLine(s string) string {
	for len(s) > 0 && (s[len(s)-1] == '\n' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	return s
}

// printCommands lists the commands that are not written to the room.
func (a plainRoom) printCommands() error {
	for _, l := range []model.Safe{
		model.Lit(":status  the state of the room: clocks, roles, checklist, alerts, channels"),
		model.Lit(":radar  what has gone quiet: roles, items, asks, pages, updates"),
		model.Lit(":evidence  the register of evidence; add a file with warroom evidence add ROOM FILE"),
		model.Lit(":verify  which part of the record is proven, and by whom"),
		model.Lit(":rooms  the list of rooms; open one, or the lobby, with warroom open ROOM"),
		model.Lit(":quit  leave; the room stays open"),
	} {
		if err := a.print(l); err != nil {
			return err
		}
	}
	return nil
}
