package room

import (
	"strings"

	"warroom/model"
	"warroom/ui/present"
	"warroom/ui/view"
)

// own is a command of this terminal. It writes nothing to the log.
type own struct {
	name string
	args model.Safe // with a leading blank
	do   func(*Page)
}

// help describes the command.
func (o own) help() model.Safe { return present.CommandHelp(o.name) }

// ownCommands returns all of them.
func ownCommands() []own {
	return []own{
		{name: "quit", do: func(p *Page) { p.shell.Stop() }},
		{name: "rooms", do: func(p *Page) { p.env.Nav.ToRooms() }},
		{name: "help", args: model.Lit(" [WORD]"), do: func(p *Page) { p.env.Nav.OpenHelp("") }},
		{name: "declare", do: func(p *Page) { p.env.Nav.OpenDeclare() }},
		{name: "clocks", do: openClocks},
		{name: "radar", do: openClocks},
		{name: "checklist", do: openItems},
		{name: "points", do: openPoints},
		{name: "verify", do: openVerify},
		{name: "export", args: model.Lit(" [PROFILE] [FILE]"), do: func(p *Page) { p.export(":export") }},
		{name: "alerts", do: OpenAlerts},
		{name: "ingest", args: model.Lit(" FILE"),
			do: func(p *Page) { p.files.ingest(p.session, p.view.Short, "") }},
		{name: "lobby", do: func(p *Page) { p.env.Nav.ToLobby() }},
		{name: "people", do: openPeople},
		{name: "scope", do: openScope},
		{name: "evidence", do: openEvidence},
		{name: "channels", do: openChannels},
	}
}

// ownChoices returns completions of a line to such commands.
func ownChoices(line string) []model.Choice {
	if !strings.HasPrefix(line, ":") {
		return nil
	}
	var out []model.Choice
	for _, o := range ownCommands() {
		if !strings.HasPrefix(":"+o.name, line) {
			continue
		}
		c := model.Choice{Line: ":" + o.name, Label: model.Safef(":%s%s", o.name, o.args), Help: o.help()}
		if o.name == "ingest" { // a file name follows
			c.Line += " "
		}
		out = append(out, c)
	}
	return out
}

// ownCommand returns the help and the action of a line, if it is such a command.
func ownCommand(line string) (help model.Safe, do func(*Page), ok bool) {
	if !strings.Contains(line, ":") { // a note, most of the time
		return model.Safe{}, nil, false
	}
	if file, ok := ingestLine(line); ok {
		return model.Safef(":ingest %s", present.CommandHelp("ingest")),
			func(p *Page) { p.files.ingest(p.session, p.view.Short, file) }, true
	}
	if f, ok, err := model.ParseExport(line); ok && err == nil {
		return model.Safef("export the record to a file, for "+
			"%s", f.Profile.For), func(p *Page) { p.export(line) }, true
	} else if ok {
		return model.Sentence(err), func(p *Page) { p.export(line) }, true
	}
	name, word, _ := strings.Cut(strings.TrimSpace(strings.ToLower(line)), " ")
	if word = strings.TrimSpace(word); name == ":help" && word != "" {
		return present.CommandHelp("help"), func(p *Page) { p.env.Nav.OpenHelp(word) }, true
	}
	for _, c := range ownCommands() {
		if word == "" && (name == ":"+c.name || name == ":q" && c.name == "quit") {
			return c.help(), c.do, true
		}
	}
	return model.Safe{}, nil, false
}

// isOwnCommand reports whether a line is such a command.
func isOwnCommand(line string) bool {
	_, _, ok := ownCommand(line)
	return ok
}

// OwnHelp returns the help entries of these commands.
func OwnHelp() []view.HelpEntry {
	var out []view.HelpEntry
	for _, c := range ownCommands() {
		out = append(out, view.HelpEntry{Mark: model.Safef(":%s%s", c.name, c.args), Text: c.help()})
	}
	return out
}

// ingestLine returns the file in an :ingest command.
func ingestLine(line string) (file string, ok bool) {
	file, ok = strings.CutPrefix(line, ":ingest ")
	return strings.TrimSpace(file), ok
}
