#!/bin/sh
# Make the environment of some peers: make_environment.sh NAME FOLDER. What fails is written to
# FOLDER/NAME/failure.txt, which the benchmark reports; it never fails itself.
name=$1
folder=$2/$1
here=$(dirname "$0")
requirements=$here/requirements-$name.txt

cmp -s "$requirements" "$folder/installed.txt" && exit 0
rm -rf "$folder"
mkdir -p "$folder"
if "${PYTHON:-python3}" -m venv "$folder" > "$folder/failure.txt" 2>&1 &&
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
    --requirement "$requirements" > "$folder/failure.txt" 2>&1; then
  rm -f "$folder/failure.txt"
  cp "$requirements" "$folder/installed.txt"
else
  [ -s "$folder/failure.txt" ] || echo "pip failed without a word" > "$folder/failure.txt"
  echo "The environment '$name' could not be made; the page will say why." >&2
fi
