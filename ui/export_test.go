package ui_test

import (
	"context"
	"errors"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/uitest"
)

// TestExportLine: an export is written to the given file for the given profile. An
// invalid line stays in the tray, and a guest is shown what to type instead.
func TestExportLine(t *testing.T) {
	h, _ := busy(t)
	var asked model.ExportFile
	fail := error(nil)
	s := uitest.Open(t, h, "bo", 80, 24, func(o *ui.Options) {
		o.Export = func(_ context.Context, short string, f model.ExportFile, done func(n int64)) (model.Safe, error) {
			asked = f
			done(1)
			return model.Safef("written: %s", short), fail
		}
	})
	s.See(
		"runner isolated").Type(
		":export regulator ./for them.zip").See(
		"for authorities and auditors").Key(tcell.KeyEnter).See("written: inc-1")
	if asked.Profile.Name != "regulator" || asked.Path != "./for them.zip" {
		t.Errorf("asked for %s, %q", asked.Profile.Name, asked.Path)
	}
	s.Line(":export --entry 4").See(":export takes no flags: write :export",
		"[internal|leadership|compliance|regulator|customer|public]", "refused  :export --entry 4").Key(tcell.KeyCtrlX)
	s.Line(":export bogus").See("there is no profile bogus; the profiles are internal", "./bogus").Key(
		tcell.KeyCtrlX)
	fail = errors.New("x.zip is already there")
	s.Line(":export x.zip").See("x.zip is already there")
	if asked.Profile.Name != "internal" || asked.Path != "x.zip" {
		t.Errorf("asked for %s, %q", asked.Profile.Name, asked.Path)
	}

	g := uitest.Open(t, h, "cy", 80, 24)
	g.See("runner isolated").Line(":export").See("ssh HOST export inc-1 > inc-1.zip")
	g.Line(":export public").See("ssh HOST export inc-1 --profile public >")
}
