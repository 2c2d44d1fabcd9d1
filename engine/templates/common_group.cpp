{# The frame of an operation. It declares the arrays that the code object touches and nothing else:
   reading Brian2's objects.h takes three times as long as compiling an operation. Functions have a
   namespace of the operation's own, since one translation unit includes all operations. #}
{% macro cpp_file() %}
#include "code_objects/{{codeobj_name}}.h"
#include <algorithm>
#include <climits>
#include <math.h>  // and not <cmath>: functions of a float are then float functions
#include <cstdint>
#include <cstdlib>
#include <vector>
#include "brianlib/common_math.h"
#include "brianlib/stdint_compat.h"
{% block extra_headers %}
{% endblock %}
{% for header in user_headers | sort %}
#include {{header}}
{% endfor %}
{% if profiled or '_namespace' in support_code_lines | join(' ') or variables.values() | selectattr('dynamic', 'defined') | selectattr('dynamic') | list %}
#include "objects.h"
{% if profiled %}
#include <chrono>
{% endif %}
{% else %}
namespace brian {
{% for variable in variables.values() if variable.array is defined and variable.array %}
extern {{c_data_type(variable.dtype)}}* {{get_array_name(variable) | replace('_ptr', '', 1)}};
{% endfor %}
}
{% endif %}

namespace _support_{{codeobj_name}} {
    {{support_code_lines|autoindent}}
}

{{hashdefine_lines|autoindent}}

{% if profiled %}
static void _operate_{{codeobj_name}}()
{% else %}
void _run_{{codeobj_name}}()
{% endif %}
{
    using namespace brian;
    using namespace _support_{{codeobj_name}};
    %CONSTANTS%
    {{pointers_lines|autoindent}}
{% if _gate %}
    if (!{{get_array_name(_gate)}}[0]) return;
{% endif %}
{% if _window %}
{% set step, period, closed = _window %}
    if ({{get_array_name(step)}}[0] % std::max<int64_t>({{get_array_name(period)}}[0], 1)
        < {{get_array_name(closed)}}[0]) return;
{% endif %}
    {% block maincode %}
    {% endblock %}
}
{% if profiled %}

void _run_{{codeobj_name}}()
{
    const auto start = std::chrono::steady_clock::now();
    _operate_{{codeobj_name}}();
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    brian::{{codeobj_name}}_profiling_info += passed.count();
}
{% endif %}
{% endmacro %}

{% macro h_file() %}
#pragma once
void _run_{{codeobj_name}}();
{% endmacro %}

{% macro before_run_cpp_file() %}// EMPTY_CODE_BLOCK{% endmacro %}
{% macro before_run_h_file() %}{% endmacro %}
{% macro after_run_cpp_file() %}// EMPTY_CODE_BLOCK{% endmacro %}
{% macro after_run_h_file() %}{% endmacro %}
