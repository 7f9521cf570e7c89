package cli

import (
	"context"
	"strings"

	"warroom/model"
	"warroom/ui/present"
)

// declare declares another incident: ":declare SEVERITY [drill] TITLE". The room that is
// shown stays open.
func (a *plainRoom) declare(ctx context.Context, args string) error {
	plan, err := a.plan("")
	if err != nil {
		return err
	}
	level, title, _ := strings.Cut(args, " ")
	s := plan.Severity(level)
	if s == nil {
		return model.Refuse(model.Invalid, "write it as :declare SEVERITY [drill] TITLE; the severities are %s",
			levels(plan))
	}
	d := model.Declaration{Title: strings.TrimSpace(title), Severity: s.ID, Plan: plan}
	if word, rest, _ := strings.Cut(d.Title, " "); strings.EqualFold(word, "drill") {
		d.Title, d.Drill = strings.TrimSpace(rest), true
	}
	if d.Title == "" {
		return model.Refuse(model.Invalid, "%s: :declare %s TITLE", present.NoTitle, s.ID)
	}
	a.hidden(&d.Title)
	if err := checkDeclaration(&d); err != nil {
		return err
	}
	short, err := declareOn(ctx, a.app, a.h, d)
	if err != nil {
		return err
	}
	return a.print(model.Safef("%s is declared; this room stays open: :quit, then open %s", short, short))
}
