{# The frame of a translation unit. It declares the arrays that the code object touches and nothing
   else: reading brian2cuda's objects.h, with Thrust and cuRAND, takes ten times as long as compiling
   an operation. #}
{% macro cu_file() %}
#include "code_objects/{{codeobj_name}}.h"
#include <algorithm>
#include <climits>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include "cuda_engine.h"
{% block extra_headers %}
{% endblock %}
{% for header in user_headers | sort %}
#include {{header}}
{% endfor %}
{% set support = support_code_lines | join(' ') %}
{% if '_rand' in support %}
#error "Dense synapses on CUDA have no rand() and randn(): noise comes from a Source"
{% endif %}
{% if profiled or '_namespace' in support %}
#include "objects.h"
{% else %}
namespace brian {
{% for variable in variables.values() if variable.array is defined and variable.array %}
extern {{c_data_type(variable.dtype)}}* {{get_array_name(variable, prefix='')}};
extern {{c_data_type(variable.dtype)}}* {{get_array_name(variable, prefix='dev')}};
{% endfor %}
}
{% endif %}

namespace {
    {{support_code_lines|autoindent}}
}

{{hashdefine_lines|autoindent}}

{% block kernels %}
{% endblock %}

void _run_{{codeobj_name}}()
{
    using namespace brian;
    %HOST_CONSTANTS%
{% if _gate %}
    {# No kernel writes a gate, so that the host's copy of it is up to date. #}
    if (!{{get_array_name(_gate, prefix='')}}[0]) return;
{% endif %}
{% if _window %}
{% set step, period, closed = _window %}
    if ({{get_array_name(step, prefix='')}}[0] % std::max<int64_t>({{get_array_name(period, prefix='')}}[0], 1)
        < {{get_array_name(closed, prefix='')}}[0]) return;
{% endif %}
    {% block launch %}
    {% endblock %}
    dense_engine::check(cudaGetLastError(), "{{codeobj_name}}");
}
{% endmacro %}

{% macro h_file() %}
#pragma once
void _run_{{codeobj_name}}();
{% endmacro %}

{% macro before_run_cu_file() %}// EMPTY_CODE_BLOCK{% endmacro %}
{% macro before_run_h_file() %}{% endmacro %}
{% macro after_run_cu_file() %}// EMPTY_CODE_BLOCK{% endmacro %}
{% macro after_run_h_file() %}{% endmacro %}
