#!/bin/sh
# Puts the bundle beside this script into the person's own menu: icon, .desktop file and the
# .nnd file type, so that designs open by double click. Needs no administrator rights.
# "install.sh --remove" takes all of it out again.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
share=${XDG_DATA_HOME:-$HOME/.local/share}
desktop=$share/applications/nn-designer.desktop
mime=$share/mime/packages/nn-designer.xml
icons=$share/icons/hicolor/scalable

refresh() { # caches only; a desktop without these tools reads the files themselves
    if command -v update-desktop-database >/dev/null 2>&1; then
        update-desktop-database "$share/applications"
    fi
    if command -v update-mime-database >/dev/null 2>&1; then
        update-mime-database "$share/mime"
    fi
}

if [ "${1:-}" = "--remove" ]; then
    rm -f "$desktop" "$mime" "$icons/apps/nn-designer.svg" "$icons/mimetypes/application-x-nn-designer.svg"
    refresh
    echo "NN Designer was taken out of the menu. Delete the folder $here to remove the program."
    exit 0
fi

[ -x "$here/nn-designer" ] || { echo "The program was expected at $here/nn-designer, and it is not there." >&2; exit 1; }
mkdir -p "$share/applications" "$share/mime/packages" "$icons/apps" "$icons/mimetypes"
sed "s|^Exec=.*|Exec=\"$here/nn-designer\" %f|" "$here/nn-designer.desktop" >"$desktop"
cp "$here/nn-designer.xml" "$mime"
cp "$here/nn-designer.svg" "$icons/apps/nn-designer.svg"
cp "$here/nn-designer.svg" "$icons/mimetypes/application-x-nn-designer.svg"
refresh
echo "NN Designer is in the menu now, and .nnd files open with it."
