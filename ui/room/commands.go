package room

import (
	"strings"

	"warroom/model"
	"warroom/ui/view"
)

// own is a command of this terminal. It writes nothing to the log.
type own struct {
	name string
	args model.Safe // with a leading blank
	help model.Safe
	do   func(*Page)
}

// ownCommands returns all of them.
func ownCommands() []own {
	return []own{
		{name: "quit", help: model.Lit("leave warroom; the room stays open"), do: func(p *Page) { p.shell.Stop() }},
		{name: "rooms", help: model.Lit("the list of rooms"), do: func(p *Page) { p.env.Nav.ToRooms() }},
		{name: "help", help: model.Lit("all keys and commands"), do: func(p *Page) { p.env.Nav.OpenHelp() }},
		{name: "declare", help: model.Lit("declare another incident"),
			do: func(p *Page) { p.env.Nav.OpenDeclare() }},
		{name: "clocks", help: model.Lit("every clock"), do: openClocks},
		{name: "radar", help: model.Lit("what has gone quiet, above every clock"), do: openClocks},
		{name: "checklist", help: model.Lit("the whole checklist"), do: openItems},
		{name: "verify", help: model.Lit("which part of the record is proven, and by whom"),
			do: openVerify},
		{name: "export", args: model.Lit(" [PROFILE] [FILE]"),
			help: model.Lit("export the record of the room to a file on this machine"),
			do:   func(p *Page) { p.export(":export") }},
		{name: "alerts", help: model.Lit("the alerts of the room, or of the lobby"), do: OpenAlerts},
		{name: "ingest", args: model.Lit(" FILE"),
			help: model.Lit("add the alerts of a tool or a report from a file on this machine"),
			do:   func(p *Page) { p.files.ingest(p.session, p.view.Short, "") }},
		{name: "lobby", help: model.Lit("the lobby: alerts that belong to no incident yet"),
			do: func(p *Page) { p.env.Nav.ToLobby() }},
		{name: "people", help: model.Lit("roles, people and keys"), do: openPeople},
		{name: "evidence", help: model.Lit("evidence: hashes, and who has custody"),
			do: openEvidence},
		{name: "channels", help: model.Lit("channels: which can be trusted"), do: openChannels},
	}
}

// ownChoices returns completions of a line to such commands.
func ownChoices(line string) []model.Choice {
	var out []model.Choice
	for _, o := range ownCommands() {
		if !strings.HasPrefix(line, ":") || !strings.HasPrefix(":"+o.name, line) {
			continue
		}
		c := model.Choice{Line: ":" + o.name, Label: model.Safef(":%s%s", o.name, o.args), Help: o.help}
		if o.name == "ingest" { // a file name follows
			c.Line += " "
		}
		out = append(out, c)
	}
	return out
}

// ownCommand returns the help and the action of a line, if it is such a command.
func ownCommand(line string) (help model.Safe, do func(*Page), ok bool) {
	if file, ok := ingestLine(line); ok {
		return model.Lit(":ingest FILE  add the alerts of a tool or a report from a file on this machine"),
			func(p *Page) { p.files.ingest(p.session, p.view.Short, file) }, true
	}
	if f, ok, err := model.ParseExport(line); ok && err == nil {
		return model.Safef("export the record to a file, for "+
			"%s", f.Profile.For), func(p *Page) { p.export(line) }, true
	} else if ok {
		return model.Sentence(err), func(p *Page) { p.export(line) }, true
	}
	for _, c := range ownCommands() {
		if line == ":"+c.name || line == ":q" && c.name == "quit" {
			return c.help, c.do, true
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
		out = append(out, view.HelpEntry{Mark: model.Safef(":%s%s", c.name, c.args), Text: c.help})
	}
	return out
}

// ingestLine returns the file in an :ingest command.
func ingestLine(line string) (file string, ok bool) {
	file, ok = strings.CutPrefix(line, ":ingest ")
	return strings.TrimSpace(file), ok
}
