package sshd

import (
	"strings"

	"warroom/model"
)

// maxExec is the max length of a command, in bytes. An entry of max length fits, quoted.
const maxExec = 32 << 10

// words splits a command as a simple shell would: blanks separate words, unless they are
// quoted or escaped. Nothing is expanded.
func words(s string) ([]string, error) {
	var (
		out   []string
		word  strings.Builder
		open  bool // within a word, which may be empty
		quote byte // the open quote
	)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && quote != '\'':
			i++
			if i == len(s) {
				return nil, model.Refuse(model.Invalid,
					"the command ends in a backslash; put what belongs together in quotes")
			}
			if quote == '"' && s[i] != '"' && s[i] != '\\' {
				word.WriteByte(c)
			}
			word.WriteByte(s[i])
			open = true
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteByte(c)
		case c == '\'' || c == '"':
			quote, open = c, true
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if open {
				out = append(out, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteByte(c)
			open = true
		}
	}
	if quote != 0 {
		return nil, model.Refuse(model.Invalid, "a quote in the command is not closed; close it, or remove it")
	}
	if open {
		out = append(out, word.String())
	}
	return out, nil
}

// order is the parsed request of a session.
type order struct {
	room string   // the room to open, "" with no command: the list, or the only room
	args []string // a command and its arguments
}

// rooms returns the rooms that an order names, or nil. The text of a note or a composer
// line does not name rooms. A key whose command names a room by its ULID opens none: keys are
// limited by short ids.
func (o *order) rooms() []string {
	if o.room != "" {
		return []string{o.room}
	}
	var names []string
	for i, a := range o.args {
		if _, v, ok := strings.Cut(a, "="); ok && strings.HasPrefix(a, "--room") {
			a = v
		}
		if a = strings.ToLower(a); i == 0 || !model.IsRoomName(a) && !model.IsULID(a) {
			continue
		}
		names = append(names, a)
		if o.args[0] == "note" || o.args[0] == "do" {
			break
		}
	}
	return names
}

// parseOrder parses a client's command. Only the commands of the handler are accepted, and
// the name of a room, which opens it. Nothing is ever executed by a shell.
func parseOrder(s string, commands []string) (order, error) {
	if len(s) > maxExec {
		return order{},
			model.Refuse(model.Invalid,
				"the command has %d bytes, and up to %d are accepted; send a long text by stdin: note ROOM "+
					"-", len(s), maxExec)
	}
	if o, ok, err := literal(s, commands); ok {
		return o, err
	}
	w, err := words(s)
	if err != nil {
		return order{}, err
	}
	if len(w) > 0 && w[0] == "warroom" { // the prefix that the program's own documentation uses
		w = w[1:]
	}
	if len(w) == 0 {
		return order{}, nil
	}
	for _, c := range commands {
		if w[0] == c {
			return order{args: w}, nil
		}
	}
	if room := strings.ToLower(w[0]); len(w) == 1 && (model.IsRoomName(room) || model.IsULID(room)) {
		return order{room: room}, nil
	}
	return order{},
		model.Refuse(model.Invalid, "there is no command %s here; give a room, such as inc-1, or one of the "+
			"commands: %s",
			short(w[0]), strings.Join(commands, ", "))
}

// short truncates untrusted text for use in a sentence.
func short(s string) string {
	if len(s) > 40 {
		return s[:40] + "..."
	}
	return s
}
