package cli

import (
	"bufio"
	"context"
	"errors"
	"io"

	"warroom/model"
	"warroom/model/guard"
)

// plain is the room in plain sentences, one a line, for terminals that can show
// no more and for people who have the screen read to them: what happens is
// printed, what is typed is said as in the composer.
func (a *app) plain(ctx context.Context, h Hub, short string) error {
	if short == "" {
		list, err := h.List(ctx)
		if err != nil {
			return err
		}
		if len(list) != 1 {
			a.tell(model.Lit("pick a room with warroom open ROOM, or make one with warroom declare --severity SEV-1 TITLE"))
			return a.sayRooms(list)
		}
		short = list[0].Short
	}
	s, err := seatIn(ctx, h, short)
	if err != nil {
		return err
	}
	defer s.Close()
	for _, l := range statusLines(s.Latest(), a.hubNow(s.Latest()), a.zone()) {
		if err := a.say(l); err != nil {
			return err
		}
	}
	a.tell(model.Lit("type a line and Enter: text is a note, :help lists the commands, :quit leaves"))
	return a.converse(ctx, h, s)
}

// converse prints what happens and says what is typed, until stdin ends.
func (a *app) converse(ctx context.Context, h Hub, s model.Seat) error {
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
	seen := max(s.Latest().Room.Seq, 20) - 20
	for {
		if over := s.Latest().Over; !over.IsEmpty() {
			return &model.Error{Code: model.Forbidden, Message: over}
		}
		for _, l := range s.Latest().Room.Lines() {
			if l.Seq <= seen {
				continue
			}
			seen = l.Seq
			if err := a.say(entryLine(s.Latest().Room, l, a.zone())); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.Bell():
		case line, ok := <-lines:
			if !ok {
				return nil
			}
			if err := a.typed(ctx, h, s, line); err != nil {
				if err == io.EOF {
					return nil
				}
				a.tell(model.Sentence(err))
			}
		}
	}
}

// typed says one typed line. It returns io.EOF when the person leaves.
func (a *app) typed(ctx context.Context, h Hub, s model.Seat, line string) error {
	line, n := model.ValidText(trimLine(line))
	if n > 0 {
		a.tell(notUTF8(n))
	}
	v := s.Latest()
	switch line {
	case "":
		return nil
	case ":quit", ":q":
		return io.EOF
	case ":help":
		return errors.Join(a.sayVerbs(v.Room.Lobby), a.sayPlainOnly())
	case ":verify":
		err := a.verifyRoom(ctx, h, v.Short)
		if errors.Is(err, errIncomplete) {
			return nil // it was said
		}
		return err
	case ":evidence":
		return a.sayEvidence(v.Room, 0, false)
	case ":rooms":
		list, err := h.List(ctx)
		if err != nil {
			return err
		}
		return a.sayRooms(list)
	case ":status", ":clocks", ":checklist", ":alerts", ":people", ":channels":
		for _, l := range statusLines(v, a.hubNow(v), a.zone()) {
			if err := a.say(l); err != nil {
				return err
			}
		}
		return nil
	}
	if e, ok, err := model.ParseExport(line); ok {
		if err != nil {
			return err
		}
		return a.typedExport(ctx, h, v.Short, e)
	}
	a.tellSimilar(ctx, h, v.Room, line)
	if !guard.Insists(line) {
		line = a.guarded(v.Room, line, model.Lit(":insist LINE"))
	}
	return a.act(ctx, s, line)
}

func trimLine(s string) string {
	for len(s) > 0 && (s[len(s)-1] == '\n' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	return s
}

// sayVerbs lists the commands of the composer.
func (a *app) sayVerbs(lobby bool) error {
	list := model.Verbs()
	if lobby {
		list = model.LobbyVerbs()
	}
	for _, v := range list {
		if err := a.say(model.Safef(":%s %s  %s", v.Name, v.Args, v.Help)); err != nil {
			return err
		}
	}
	return nil
}

// sayPlainOnly lists what is not written into the room.
func (a *app) sayPlainOnly() error {
	for _, l := range []model.Safe{
		model.Lit(":status  how the room stands: clocks, roles, checklist, alerts, channels"),
		model.Lit(":evidence  the register of evidence; warroom evidence add ROOM FILE takes a file"),
		model.Lit(":verify  what of the record is proven, by whom, and what is not"),
		model.Lit(":rooms  the list of rooms; warroom open ROOM opens one, also the lobby"),
		model.Lit(":quit  leave; the room goes on"),
	} {
		if err := a.say(l); err != nil {
			return err
		}
	}
	return nil
}
