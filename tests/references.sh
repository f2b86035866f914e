#!/bin/sh
# Links in pages lead to files that exist, and sources name only pages of this repository. Usage: references.sh ROOT
set -eu
cd "$1"
bad=0 links=0
for page in $(find . -name '*.md' -not -path './build*' -not -path './.git/*'); do
    for link in $(grep -oE '\]\([^)#: ]+' "$page" | cut -c3- | sort -u); do
        links=$((links + 1))
        [ -e "$(dirname "$page")/$link" ] || { echo "$page: there is no $link"; bad=1; }
    done
done
rooms="base kernels measure models tuner reports harness cli tests"
# shellcheck disable=SC2086
sources=$(find $rooms -name '*.[ch]' -o -name '*.cc' -o -name '*.py' -o -name '*.sh' -o -name meson.build)
for name in $(echo "$sources" | xargs grep -hoE '\bdocs/[a-z-]+\.md\b' | sort -u); do
    [ -e "$name" ] || { echo "there is no $name; named in:"; echo "$sources" | xargs grep -l "$name"; bad=1; }
done
# A section by its number, after the name of a page, is of a page that readers do not have.
echo "$sources" | xargs grep -nE '\b[a-z]+\.md [0-9]+\.[0-9]' && bad=1
[ "$links" -gt 20 ] || { echo "hardly a link was found: the check itself is broken"; exit 1; }
exit $bad
